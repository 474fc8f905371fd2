// Tasks by externalId: made, changed and left alone, by any number of callers at once.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

const report = defineExecutor({
  type: "report",
  params: z.object({ to: z.string(), copies: z.number() }),
  run: ({ to }) => to,
});

const daily = {
  externalId: "daily",
  name: "daily report",
  type: "report",
  params: { to: "ann", copies: 1 },
  trigger: { kind: "interval", every: "1h" },
} as const;

const setup = () => createTestRota({ executors: [report] });

describe("an upsert", () => {
  it("SEM 29 C6 creates a task, leaves an equal one alone with its schedule, and revises a different one", async () => {
    await using test = await setup();
    const { tasks } = test.rota;
    const created = await tasks.upsert(daily);
    expect(created).toMatchObject({ outcome: "created", revision: 1, params: { to: "ann", copies: 1 } });
    await test.advance(90 * 60_000);
    const before = await tasks.get({ id: created.id });
    // The same content in other words: another order of fields, a default said aloud.
    const again = await tasks.upsert({
      trigger: { every: "1h", kind: "interval" },
      type: "report",
      name: "daily report",
      externalId: "daily",
      params: { copies: 1, to: "ann" },
      priority: "normal",
    });
    expect(again).toMatchObject({ id: created.id, outcome: "unchanged", revision: 1 });
    expect(again.nextFireAt).toBe(before.nextFireAt);
    expect(again.updatedAt).toBe(before.updatedAt);
    const changed = await tasks.upsert({ ...daily, params: { to: "bob", copies: 1 } });
    expect(changed).toMatchObject({ outcome: "updated", revision: 2, nextFireAt: before.nextFireAt });
    const retimed = await tasks.upsert({ ...daily, trigger: { kind: "interval", every: "2h" } });
    expect(retimed).toMatchObject({ outcome: "updated", revision: 3, params: { to: "ann", copies: 1 } });
    expect(retimed.nextFireAt).not.toBe(before.nextFireAt);
  });

  it("SEM 29 gives what is absent its default", async () => {
    await using test = await setup();
    await test.rota.tasks.upsert({ ...daily, description: "old", maxRuns: 3, tags: ["a"] });
    const plain = await test.rota.tasks.upsert(daily);
    expect(plain).toMatchObject({ outcome: "updated", tags: [] });
    expect(plain).not.toHaveProperty("description");
    expect(plain).not.toHaveProperty("maxRuns");
  });

  it("SEM 29 makes one task of many that ask at once, and one of them decides its content", async () => {
    await using test = await setup();
    const same = await Promise.all(Array.from({ length: 50 }, () => test.rota.tasks.upsert(daily)));
    expect(new Set(same.map(({ id }) => id)).size).toBe(1);
    expect(same.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
    expect(same.every(({ revision }) => revision === 1)).toBe(true);
    const different = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        test.rota.tasks.upsert({ ...daily, params: { to: `person ${at}`, copies: 1 } }),
      ),
    );
    expect(new Set(different.map(({ revision }) => revision)).size).toBe(30);
    const [first] = same;
    const now = await test.rota.tasks.get({ id: first?.id ?? "" });
    expect(now).toMatchObject({ revision: 31 });
    expect(different.find(({ revision }) => revision === 31)?.params).toEqual(now.params);
  });

  it("SEM 29 says the same one-off again after its time, and keeps a pause and a cancel", async () => {
    await using test = await setup();
    const { tasks } = test.rota;
    const once = {
      ...daily,
      externalId: "once",
      trigger: { kind: "at", at: "2026-01-01T01:00:00Z" },
    } as const;
    await tasks.upsert(once);
    await test.advance("2026-01-02T00:00:00Z");
    expect(await tasks.upsert(once)).toMatchObject({ outcome: "unchanged", status: "completed" });
    const other = { ...once, trigger: { kind: "at", at: "2026-01-01T02:00:00Z" } } as const;
    await expect(tasks.upsert(other)).rejects.toMatchObject({ code: "IN_THE_PAST" });
    const { id } = await tasks.upsert(daily);
    await tasks.pause({ id, reason: "holiday" });
    expect(await tasks.upsert({ ...daily, name: "x" })).toMatchObject({ status: "paused", revision: 2 });
    await tasks.cancel({ id });
    expect(await tasks.upsert({ ...daily, name: "x" })).toMatchObject({ outcome: "unchanged" });
    await expect(tasks.upsert(daily)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await tasks.delete({ id });
    expect((await tasks.upsert(daily)).outcome).toBe("created");
  });

  it("SEM 13 SEM 29 is refused when the task is not as it was read", async () => {
    await using test = await setup();
    const { tasks } = test.rota;
    await expect(tasks.upsert({ ...daily, expectedRevision: 1 })).rejects.toMatchObject({
      code: "REVISION_MISMATCH",
    });
    await tasks.upsert(daily);
    await tasks.upsert({ ...daily, name: "x", expectedRevision: 1 });
    await expect(tasks.upsert({ ...daily, name: "y", expectedRevision: 1 })).rejects.toMatchObject({
      code: "REVISION_MISMATCH",
      details: { revision: 2 },
    });
  });
});

describe("the tasks a Rota is created with", () => {
  it("SEM 29 are there when it has started, and are left alone when it starts again", async () => {
    await using test = await createTestRota({ executors: [report], tasks: [daily] });
    const { items } = await test.rota.tasks.list();
    expect(items).toMatchObject([{ externalId: "daily", revision: 1 }]);
    await test.rota.tasks.cancel({ id: items[0]?.id ?? "" });
    await test.rota.start();
    expect((await test.rota.tasks.list()).items).toMatchObject([{ status: "cancelled", revision: 1 }]);
  });

  it("SEM 29 refuse the start by name when one of them is wrong, and leave nothing open", async () => {
    const wrong = { ...daily, trigger: { kind: "cron", expression: "0 0 31 2 *" } } as const;
    await expect(createTestRota({ executors: [report], tasks: [daily, wrong] })).rejects.toMatchObject({
      code: "INVALID_TRIGGER",
      message: expect.stringMatching(/^tasks\.1 \(daily\): trigger/) as string,
    });
  });
});
