// Backfills: the past filled in, a piece at a time, through restarts; decisions stay as they are.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const now = "2026-03-02T09:00:00Z";

function report() {
  const seen: string[] = [];
  const executor = defineExecutor({
    type: "report",
    run: (_params, ctx) => void seen.push(new Date(ctx.scheduledForMs ?? 0).toISOString().slice(0, 16)),
  });
  return { executor, seen };
}

async function setup() {
  const { executor, seen } = report();
  const test = await createTestRota({ executors: [executor], now });
  const daily = await test.rota.tasks.create({
    name: "report",
    type: "report",
    trigger: { kind: "cron", expression: "0 8 * * *" },
    windows: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "00:00", to: "24:00" }],
  });
  return { ...test, seen, id: daily.id };
}

describe("a backfill", () => {
  it("P4 N13 SEM 15 makes runs for past instants, one after another, and changes no decision", async () => {
    await using made = await setup();
    const { rota, id, seen } = made;
    const range = { taskId: id, from: "2026-02-20T00:00:00Z", to: "2026-02-26T23:00:00Z" };
    expect(await rota.backfills.preview(range)).toMatchObject({
      planned: 5,
      first: "2026-02-20T08:00:00Z",
      last: "2026-02-26T08:00:00Z",
    });
    const backfill = await rota.backfills.create({ ...range, reason: "the printer was away" });
    expect(backfill).toMatchObject({ status: "running", planned: 5, overlap: "queue-all", priority: 3 });
    await made.advance(10_000);
    expect(seen).toEqual(
      ["2026-02-20", "2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26"].map((day) => `${day}T08:00`),
    );
    const done = await rota.backfills.get({ id: backfill.id });
    expect(done).toMatchObject({ status: "completed", created: 5, live: 0, completed: 5, failed: 0 });
    expect((await rota.tasks.occurrences({ id })).items).toEqual([]);
    const { items } = await rota.tasks.runs({ id });
    expect(items[0]).toMatchObject({
      backfillId: backfill.id,
      startedBy: { kind: "backfill", actor: "local", id: backfill.id },
    });
    expect((await rota.backfills.list({ taskId: id })).items).toEqual([done]);
  });

  it("N13 is refused where it cannot be meant", async () => {
    await using made = await setup();
    const { rota, id } = made;
    const create = (input: object, taskId = id) =>
      rota.backfills.create({ taskId, from: "2026-02-20T00:00:00Z", ...input });
    const refusal = (path: string) => ({ code: "VALIDATION_FAILED", details: { issues: [{ path }] } });
    await expect(create({ to: "2026-03-03T00:00:00Z" })).rejects.toMatchObject(refusal("to"));
    await expect(create({ to: "2026-02-19T00:00:00Z" })).rejects.toMatchObject(refusal("from"));
    await expect(create({ to: "2026-02-20T01:00:00Z" })).rejects.toMatchObject(refusal("from"));
    await expect(create({ limit: 4 })).rejects.toMatchObject(refusal("limit"));
    await expect(create({ from: "1900-01-01T00:00:00Z", limit: 10_000 })).rejects.toMatchObject(
      refusal("limit"),
    );
    const manual = await rota.tasks.create({ name: "m", type: "report" });
    await expect(create({}, manual.id)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    const chained = await rota.tasks.create({
      name: "c",
      type: "report",
      trigger: { kind: "interval", every: "1h", mode: "fixed-delay" },
    });
    await expect(create({}, chained.id)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    await rota.tasks.cancel({ id });
    await expect(create({})).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  });

  it("N13 is cancelled with its live runs", async () => {
    await using made = await setup();
    const { rota, id } = made;
    await rota.tasks.pause({ id });
    const backfill = await rota.backfills.create({
      taskId: id,
      from: "2026-02-01T00:00:00Z",
      overlap: "allow",
    });
    await made.advance(1000);
    expect(await rota.backfills.get({ id: backfill.id })).toMatchObject({
      status: "running",
      created: 21,
      live: 21,
    });
    expect(await rota.backfills.cancel({ id: backfill.id, reason: "a mistake" })).toMatchObject({
      status: "cancelled",
      live: 0,
      cancelled: 21,
    });
    expect((await rota.tasks.runs({ id, limit: 1 })).items[0]).toMatchObject({
      status: "cancelled",
      cancel: { reason: "a mistake" },
    });
  });
});

describe("a backfill and a restart", () => {
  let folder = "";
  afterEach(() => rmSync(folder, { recursive: true }));

  it("N13 SEM 15 goes on where it was, with one run for each instant", async () => {
    folder = mkdtempSync(join(tmpdir(), "rota-backfill-"));
    const clock = new VirtualClock(now);
    const { executor, seen } = report();
    const open = (start: boolean) =>
      createRota({
        database: `sqlite:${join(folder, "rota.db")}`,
        ledgerThread: "main",
        clock,
        executors: [executor],
        start,
      });
    const first = await open(false);
    const task = await first.tasks.create({
      name: "report",
      type: "report",
      trigger: { kind: "interval", every: "1m", anchor: "2026-01-01T00:00:00Z" },
      overlap: "allow",
    });
    const { id } = await first.backfills.create({
      taskId: task.id,
      from: "2026-03-01T00:00:00Z",
      to: "2026-03-01T16:40:00Z",
      limit: 2000,
    });
    await first.stop();

    // Stopped again as soon as it has begun to make runs, and once more: each time somewhere on the way.
    let created = 0;
    for (let life = 0; life < 3; life++) {
      const rota = await open(true);
      const some = new Promise<void>((resolve) => void rota.on("run.created", () => resolve()));
      await some;
      const stopping = rota.stop({ graceMs: 0 });
      await clock.advance(5000);
      await stopping;
      const looked = await open(false);
      const { created: now } = await looked.backfills.get({ id });
      await looked.stop();
      expect(now).toBeGreaterThan(created);
      created = now;
    }
    expect(created).toBeLessThan(1001);

    const last = await open(true);
    for (let at = 0; at < 100 && (await last.backfills.get({ id })).status === "running"; at++)
      await clock.advance(1000);
    expect(await last.backfills.get({ id })).toMatchObject({
      status: "completed",
      created: 1001,
      completed: 1001,
    });
    const filledIn = seen.filter((instant) => instant <= "2026-03-01T16:40");
    expect([filledIn.length, new Set(filledIn).size]).toEqual([1001, 1001]);
    const stopping = last.stop({ graceMs: 0 });
    await clock.advance(5000);
    await stopping;
  });
});
