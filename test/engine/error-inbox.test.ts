// The error inbox as people use it: see what fails, mend it, do it again.

import { describe, expect, it } from "vitest";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

async function setup() {
  let isBroken = true;
  const mail = defineExecutor({
    type: "mail",
    retry: { maxAttempts: 1 },
    run: ({ to, server }: { readonly to: string; readonly server?: string }) => {
      if (isBroken && server !== "new") throw new Error(`no route to ${to.length} hosts`);
      return to;
    },
  });
  const test = await createTestRota({ executors: [mail] });
  return {
    ...test,
    mend: () => {
      isBroken = false;
    },
  };
}

describe("the error inbox", () => {
  it("N15 P9 shows failures that are alike as one, and runs them all again when they are mended", async () => {
    await using made = await setup();
    const { rota } = made;
    const task = await rota.tasks.create({ name: "mail", type: "mail", params: { to: "ann" } });
    const people = ["ann", "bob", "caroline"];
    await rota.triggerMany(
      task,
      people.map((to) => ({ params: { to } })),
    );
    await made.advance(1000);
    const { items } = await rota.errors.list();
    expect(items).toMatchObject([{ type: "mail", code: "EXECUTION_FAILED", count: 3, waiting: 3 }]);
    const fingerprint = items[0]?.fingerprint ?? "";
    made.mend();
    const some = await rota.errors.retry({ fingerprint, limit: 2 });
    expect(some).toMatchObject({ refused: [], more: true });
    const rest = await rota.errors.retry({ fingerprint });
    expect(rest).toMatchObject({ refused: [], more: false });
    await made.advance(1000);
    const runs = await Promise.all([...some.runIds, ...rest.runIds].map((id) => rota.runs.get({ id })));
    expect(runs.map(({ status, params }) => [status, params])).toEqual(
      people.map((to) => ["completed", { to }]),
    );
    expect(await rota.errors.retry({ fingerprint })).toEqual({ runIds: [], refused: [], more: false });
    expect(await rota.errors.get({ fingerprint })).toMatchObject({ count: 3, waiting: 0 });
    await rota.errors.resolve({ fingerprint });
    expect((await rota.errors.list()).items).toEqual([]);
    expect((await rota.errors.list({ status: "resolved" })).items).toHaveLength(1);
  });

  it("N15 SEM 15 retries by the task as it is now, with its params where the run had no own", async () => {
    await using made = await setup();
    const { rota } = made;
    const task = await rota.tasks.create({ name: "mail", type: "mail", params: { to: "ann" } });
    await rota.trigger(task);
    await rota.trigger(task, { params: { to: "bob" } });
    await made.advance(1000);
    await rota.tasks.update({ id: task.id, params: { to: "ann", server: "new" } });
    const fingerprint = (await rota.errors.list()).items[0]?.fingerprint ?? "";
    const { runIds } = await rota.errors.retry({ fingerprint });
    await made.advance(1000);
    const runs = await Promise.all(runIds.map((id) => rota.runs.get({ id })));
    expect(runs).toMatchObject([
      { status: "completed", revision: 2, params: { to: "ann", server: "new" } },
      { status: "failed", revision: 2, params: { to: "bob" } },
    ]);
    const pinned = await rota.errors.retry({ fingerprint, revision: "pinned" });
    expect(await rota.runs.get({ id: pinned.runIds[0] ?? "" })).toMatchObject({ params: { to: "bob" } });
  });

  it("N15 says which run cannot be repeated and why, and repeats the others", async () => {
    await using made = await setup();
    const { rota } = made;
    const [paused, gone, fine] = await Promise.all(
      ["a", "b", "c"].map((name) => rota.tasks.create({ name, type: "mail", params: { to: "ann" } })),
    );
    if (!paused || !gone || !fine) throw new Error("three tasks were to be made");
    for (const task of [paused, gone, fine]) await rota.trigger(task);
    await made.advance(1000);
    await rota.tasks.pause({ id: paused.id });
    await rota.tasks.delete({ id: gone.id });
    const fingerprint = (await rota.errors.list()).items[0]?.fingerprint ?? "";
    const answer = await rota.errors.retry({ fingerprint });
    expect(answer.runIds).toHaveLength(1);
    expect(answer.refused.map(({ code }) => code).toSorted()).toEqual(["NOT_FOUND", "TASK_PAUSED"]);
    expect(await rota.errors.get({ fingerprint })).toMatchObject({ waiting: 2 });
  });

  it("N15 is each owner's own", async () => {
    await using made = await setup();
    const { rota } = made;
    for (const userId of ["ann", "bob"]) {
      const task = await rota.tasks.create({ name: "mail", type: "mail", params: { to: "x" }, userId });
      await rota.trigger(task);
    }
    await made.advance(1000);
    const ann = { kind: "key", role: "operator", actor: "ann", userId: "ann" } as const;
    const { items } = (await rota.invoke("errors.list", {}, ann)) as Awaited<
      ReturnType<typeof rota.errors.list>
    >;
    expect(items).toMatchObject([{ userId: "ann", count: 1 }]);
    const bobs = (await rota.errors.list({ userId: "bob" })).items[0]?.fingerprint ?? "";
    for (const name of ["errors.get", "errors.retry", "errors.resolve", "errors.mute"] as const) {
      await expect(rota.invoke(name, { fingerprint: bobs }, ann)).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    }
    expect((await rota.errors.get({ fingerprint: bobs })).status).toBe("open");
  });
});
