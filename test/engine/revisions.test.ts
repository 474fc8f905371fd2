// What a task said before: kept, compared, and made its content again.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

const mail = defineExecutor({ type: "mail", params: z.object({ to: z.string() }), run: ({ to }) => to });

async function setup() {
  const test = await createTestRota({ executors: [mail] });
  const task = await test.rota.tasks.create({
    name: "mail",
    type: "mail",
    params: { to: "ann" },
    trigger: { kind: "interval", every: "1h" },
    userId: "ann",
    tags: ["a"],
  });
  return { ...test, id: task.id };
}

describe("the revisions of a task", () => {
  it("N12 tell what each edit changed, by pointers into what people write", async () => {
    await using made = await setup();
    const { rota, id } = made;
    await rota.tasks.update({ id, params: { to: "bob" }, retry: { delay: "5s" }, timeout: "90s" });
    await rota.tasks.update({ id, tags: ["a", "b/c"], trigger: { kind: "interval", every: "2h" } });
    const { items } = await rota.tasks.revisions({ id });
    expect(items.map(({ revision, changed }) => [revision, changed])).toEqual([
      [3, ["/trigger/every", "/tags/1"]],
      [2, ["/params/to", "/retry/delay", "/timeout"]],
      [1, []],
    ]);
    const page = await rota.tasks.revisions({ id, limit: 1 });
    expect(page.items[0]?.changed, "also where the one before is on the next page").toHaveLength(2);
    const second = await rota.tasks.revision({ id, revision: 2 });
    expect(second).toMatchObject({ taskId: id, against: 1, definition: { params: { to: "bob" } } });
    expect(second.changes).toContainEqual({ op: "replace", path: "/params/to", before: "ann", value: "bob" });
    expect(second.changes).toContainEqual({ op: "add", path: "/timeout", value: "1m30s" });
    const back = await rota.tasks.revision({ id, revision: 1, against: 3 });
    expect(back.changes).toContainEqual({ op: "remove", path: "/tags/1", before: "b/c" });
    expect(await rota.tasks.revision({ id, revision: 1 })).not.toHaveProperty("changes");
    await expect(rota.tasks.revision({ id, revision: 4 })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(rota.tasks.revision({ id, revision: 1, against: 9 })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  it("N12 SEM 15 are pinned by runs, and one of them can be made the present one again", async () => {
    await using made = await setup();
    const { rota, id } = made;
    await rota.tasks.pause({ id });
    const held = await rota.trigger(id, { force: true, delayMs: 1000 });
    const changed = await rota.tasks.update({
      id,
      name: "letters",
      params: { to: "bob" },
      trigger: { kind: "interval", every: "2h" },
      externalId: "mail",
    });
    const before = await rota.tasks.get({ id });
    const reverted = await rota.tasks.revert({ id, revision: 1 });
    expect(reverted).toMatchObject({
      revision: 3,
      name: "mail",
      params: { to: "ann" },
      trigger: { every: "1h" },
      status: "paused",
      externalId: "mail",
      userId: "ann",
    });
    expect(before.revision).toBe(changed.revision);
    expect((await rota.runs.get({ id: held.id })).revision).toBe(1);
    const again = await rota.tasks.revert({ id, revision: 3 });
    expect(again.revision, "what it says already makes no revision").toBe(3);
  });

  it("N12 SEM 21 are checked by what holds today before they are made present", async () => {
    await using made = await setup();
    const { rota, id } = made;
    await rota.tasks.update({ id, trigger: { kind: "at", at: "2026-01-01T01:00:00Z" } });
    await rota.tasks.update({ id, trigger: { kind: "manual" } });
    await made.advance("2026-01-02T00:00:00Z");
    await expect(rota.tasks.revert({ id, revision: 2 })).rejects.toMatchObject({ code: "IN_THE_PAST" });
    await expect(rota.tasks.revert({ id, revision: 9 })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(rota.tasks.revert({ id, revision: 1, expectedRevision: 2 })).rejects.toMatchObject({
      code: "REVISION_MISMATCH",
      details: { revision: 3 },
    });
  });
});
