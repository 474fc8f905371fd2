// One run for a key, as callers say it: dedup, debounce, and the schedule of a task that has a key.

import { describe, expect, it } from "vitest";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

async function setup() {
  const seen: string[] = [];
  const release: (() => void)[] = [];
  const sync = defineExecutor({
    type: "sync",
    run: async ({ user, isSlow }: { readonly user: string; readonly isSlow?: boolean }) => {
      seen.push(user);
      if (isSlow === true) await new Promise<void>((resolve) => release.push(resolve));
      return user;
    },
  });
  const test = await createTestRota({ executors: [sync] });
  const finish = async (): Promise<void> => {
    for (const go of release.splice(0)) go();
    await test.advance(10);
  };
  return { ...test, seen, finish };
}

describe("a trigger with a dedup key", () => {
  it("P2 SEM 29 gives back the run that has the key, or refuses, as it is told", async () => {
    await using made = await setup();
    const { rota, seen, finish } = made;
    const task = await rota.tasks.create({ name: "t", type: "sync", params: { user: "ann", isSlow: true } });
    const first = await rota.trigger(task, { dedup: { key: "ann" } });
    await made.advance(10);
    const again = await rota.trigger(task, { dedup: { key: "ann" } });
    expect([first.deduplicated, again.deduplicated, again.id]).toEqual([false, true, first.id]);
    await expect(rota.trigger(task, { dedup: { key: "ann", onConflict: "reject" } })).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      details: { id: first.id },
    });
    await finish();
    expect((await rota.trigger(task, { dedup: { key: "ann" } })).deduplicated).toBe(false);
    await made.advance(10);
    await finish();
    expect(seen).toEqual(["ann", "ann"]);
  });

  it("P2 SEM 29 makes one run of a thousand that come at once", async () => {
    await using made = await setup();
    const { rota, seen } = made;
    const task = await rota.tasks.create({ name: "t", type: "sync", params: { user: "ann" } });
    const runs = await Promise.all(
      Array.from({ length: 1000 }, () => rota.trigger(task, { dedup: { key: "k", windowMs: 60_000 } })),
    );
    await made.advance(1000);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(runs.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
    expect(seen).toEqual(["ann"]);
  });

  it("P2 SEM 29 debounces: one run with the last params, when it has been quiet", async () => {
    await using made = await setup();
    const { rota, seen } = made;
    const task = await rota.tasks.create({ name: "t", type: "sync" });
    const debounce = { key: "k", waitMs: 5000, maxMs: 12_000 };
    for (const user of ["1", "2", "3"]) {
      await rota.trigger(task, { params: { user }, debounce });
      await made.advance(3000);
    }
    expect(seen).toEqual([]);
    await made.advance(3000);
    expect(seen).toEqual(["3"]);
    for (let at = 0; at < 10; at++) {
      await rota.trigger(task, { params: { user: `late ${at}` }, debounce });
      await made.advance(2000);
    }
    expect(seen[1], "at most 12 s after the first").toBe("late 5");
  });

  it.each([
    [{ dedup: { key: "" } }, "dedup.key"],
    [{ dedup: { key: "k", windowMs: -1 } }, "dedup.windowMs"],
    [{ dedup: { key: "k", onConflict: "shrug" } }, "dedup.onConflict"],
    [{ debounce: { key: "k", waitMs: 0 } }, "debounce.waitMs"],
    [{ debounce: { key: "k", waitMs: 1 }, dedup: { key: "k" } }, "debounce"],
    [{ debounce: { key: "k", waitMs: 1 }, delayMs: 5 }, "debounce"],
  ])("SEM 29 is refused with %j", async (input, path) => {
    await using made = await setup();
    const task = await made.rota.tasks.create({ name: "t", type: "sync" });
    await expect(made.rota.trigger(task, input as { dedup: { key: string } })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      details: { issues: [{ path }] },
    });
  });
});

describe("a task with a dedup key", () => {
  it("SEM 29 N1 coalesces its instants into the run that has the key, and starts again after it", async () => {
    await using made = await setup();
    const { rota, seen, finish } = made;
    const task = await rota.tasks.create({
      name: "t",
      type: "sync",
      params: { user: "ann", isSlow: true },
      trigger: { kind: "interval", every: "1m" },
      overlap: "allow",
      dedup: { key: "params.user" },
    });
    await made.advance(3 * 60_000 + 1000);
    expect(seen).toEqual(["ann"]);
    const byHand = await rota.trigger(task);
    expect(byHand.deduplicated).toBe(true);
    const bob = await rota.trigger(task, { params: { user: "bob" } });
    expect(bob.deduplicated).toBe(false);
    const { items } = await rota.tasks.occurrences({ id: task.id });
    expect(items.map(({ decision, into }) => [decision, into])).toEqual([
      ["coalesced", byHand.id],
      ["coalesced", byHand.id],
      ["started", undefined],
    ]);
    await finish();
    await made.advance(60_000);
    expect((await rota.tasks.occurrences({ id: task.id })).items[0]?.decision).toBe("started");
    await finish();
    expect((await rota.tasks.get({ id: task.id })).dedup).toEqual({
      key: "params.user",
      onConflict: "return-existing",
    });
  });
});
