// Schedules end to end under virtual time: every kind of trigger, pauses, cancels, and the account of each instant.

import { describe, expect, it } from "vitest";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

function setup() {
  const starts: string[] = [];
  const note = defineExecutor({
    type: "note",
    run: (params, ctx) => {
      starts.push(new Date(ctx.scheduledForMs ?? 0).toISOString());
      return params;
    },
  });
  return {
    starts,
    open: () =>
      createTestRota({
        executors: [note],
        now: "2026-01-01T00:00:00Z",
        retention: { success: "2000d", failure: "2000d" },
      }),
  };
}

describe("a schedule", () => {
  it("P11 S0.7 S0.49 S1.33 S1.51 a year of weekdays at 9 passes in one step, each instant started exactly once", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const task = await test.rota.tasks.create({
      name: "report",
      type: "note",
      trigger: { kind: "cron", expression: "0 0 9 * * 1-5", timezone: "Asia/Shanghai" },
    });
    await test.advance("2027-01-01T00:00:00Z");
    expect(starts).toHaveLength(261);
    expect(new Set(starts).size).toBe(261);
    for (const at of starts) {
      expect(at.slice(11)).toBe("01:00:00.000Z");
      expect([1, 2, 3, 4, 5]).toContain(new Date(at).getUTCDay());
    }
    const page = await test.rota.tasks.occurrences({ id: task.id, limit: 1000 });
    expect(page.items.map((each) => each.decision)).toEqual(Array.from({ length: 261 }, () => "started"));
  });

  it("S0.1 S0.7 S0.18 S0.27 S0.48 S1.34 S1.36 S3.4 C12 loops by interval and by daily time", async () => {
    const { starts, open } = setup();
    await using test = await open();
    await test.rota.tasks.create({ name: "loop", type: "note", trigger: { kind: "interval", every: "30m" } });
    await test.rota.tasks.create({
      name: "日报",
      type: "note",
      trigger: { kind: "daily", times: ["08:00"] },
    });
    await test.advance(12 * 3_600_000);
    expect(starts.filter((at) => at.endsWith("08:00:00.000Z"))).toHaveLength(2);
    expect(starts).toHaveLength(25);
  });

  it("S0.8 S0.16 S0.17 S0.22 S0.28 S0.53 C36 immediate and timed tasks run once and are completed", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const now = await test.rota.tasks.create({ name: "now", type: "note", trigger: { kind: "immediate" } });
    const later = await test.rota.tasks.create({
      name: "later",
      type: "note",
      trigger: { kind: "at", at: "2026-01-02T03:04:05Z" },
    });
    await test.advance(1000);
    expect(starts).toEqual(["2026-01-01T00:00:00.000Z"]);
    expect((await test.rota.tasks.get({ id: now.id })).status).toBe("completed");
    expect((await test.rota.tasks.get({ id: later.id })).status).toBe("active");
    await test.advance("2026-01-03T00:00:00Z");
    expect(starts).toEqual(["2026-01-01T00:00:00.000Z", "2026-01-02T03:04:05.000Z"]);
    expect((await test.rota.tasks.get({ id: later.id })).status).toBe("completed");
  });

  it("S0.20 S0.29 S0.30 S0.54 S1.37 S1.44 S1.45 S4.20–S4.22 I7 SEM 5 starts nothing while paused, and says so for each instant", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const { id } = await test.rota.tasks.create({
      name: "loop",
      type: "note",
      trigger: { kind: "interval", every: "1m" },
    });
    await test.advance(150_000);
    const paused = await test.rota.tasks.pause({ id, reason: "先别监控了" });
    expect(paused).toMatchObject({ status: "paused", pausedBy: { reason: "先别监控了" } });
    await test.advance(600_000);
    expect(starts).toHaveLength(2);
    await test.rota.tasks.resume({ id });
    await test.advance(61_000);
    expect(starts).toHaveLength(3);
    const { items } = await test.rota.tasks.occurrences({ id, limit: 100 });
    expect(items.filter((each) => each.reason === "paused")).toHaveLength(10);
  });

  it("N8 a pause with an end ends by itself", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const { id } = await test.rota.tasks.create({
      name: "loop",
      type: "note",
      trigger: { kind: "interval", every: "1h" },
    });
    await test.rota.tasks.pause({ id, resumeAt: "2026-01-01T05:30:00Z" });
    await test.advance("2026-01-01T06:30:00Z");
    expect(starts).toEqual(["2026-01-01T06:00:00.000Z"]);
  });

  it("S0.31 S1.17 S1.46 triggers now, past the schedule; a paused task only with force (S0.20)", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const { id } = await test.rota.tasks.create({
      name: "loop",
      type: "note",
      trigger: { kind: "interval", every: "1h" },
    });
    await test.rota.trigger(id);
    await test.advance(10);
    expect(starts).toHaveLength(1);
    await test.rota.tasks.pause({ id });
    await expect(test.rota.trigger(id)).rejects.toMatchObject({ code: "TASK_PAUSED" });
    await test.rota.trigger(id, { force: true });
    await test.advance(10);
    expect(starts).toHaveLength(2);
  });

  it("S0.23 S0.32 S1.20 S3.10 cancels for good, also what runs", async () => {
    const endless = defineExecutor({
      type: "endless",
      run: (_params, ctx) =>
        new Promise((_resolve, reject) =>
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)),
        ),
    });
    await using test = await createTestRota({ executors: [endless] });
    const task = await test.rota.tasks.create({
      name: "loop",
      type: "endless",
      trigger: { kind: "interval", every: "1m" },
    });
    await test.advance(61_000);
    expect((await test.rota.tasks.get({ id: task.id })).running).toBe(1);
    await test.rota.tasks.cancel({ id: task.id, reason: "彻底取消" });
    await test.advance(600_000);
    const { items } = await test.rota.tasks.runs({ id: task.id });
    expect(items.map((run) => [run.status, run.cancel?.reason])).toEqual([["cancelled", "彻底取消"]]);
    await expect(test.rota.tasks.resume({ id: task.id })).rejects.toMatchObject({
      code: "ILLEGAL_TRANSITION",
    });
  });

  it("S1.42 SEM 18 stops after maxRuns, and at endAt", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const { id } = await test.rota.tasks.create({
      name: "five",
      type: "note",
      trigger: { kind: "interval", every: "1m" },
      maxRuns: 5,
    });
    const other = await test.rota.tasks.create({
      name: "until",
      type: "note",
      trigger: { kind: "interval", every: "1m", endAt: "2026-01-01T00:03:00Z" },
    });
    await test.advance(3_600_000);
    expect(starts).toHaveLength(5 + 3);
    expect((await test.rota.tasks.get({ id })).status).toBe("completed");
    expect((await test.rota.tasks.get({ id: other.id })).status).toBe("completed");
  });

  it("S3.18 S3.22 C13 SEM 17 a fixed delay counts from the end of the run before", async () => {
    const starts: number[] = [];
    await using test = await createTestRota({
      executors: [
        defineExecutor({
          type: "slow",
          run: async () => {
            starts.push(clock.now());
            await new Promise<void>((resolve) => clock.after(25_000, resolve));
          },
        }),
      ],
    });
    const { clock } = test;
    await test.rota.tasks.create({
      name: "slow",
      type: "slow",
      trigger: { kind: "interval", every: "1m", mode: "fixed-delay" },
    });
    await test.advance(600_000);
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(starts.length).toBeGreaterThan(5);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(85_000);
    for (const gap of gaps) expect(gap).toBeLessThan(86_000);
  });

  it("SEM 17 SEM 18 a fixed delay ends at endAt and passes over excluded days", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const over = await test.rota.tasks.create({
      name: "until",
      type: "note",
      trigger: { kind: "interval", every: "10m", mode: "fixed-delay", endAt: "2026-01-01T00:35:00Z" },
    });
    await test.advance(7_200_000);
    expect(starts).toHaveLength(3);
    expect((await test.rota.tasks.get({ id: over.id })).status).toBe("completed");
    await test.rota.tasks.create({
      name: "not that day",
      type: "note",
      trigger: { kind: "interval", every: "12h", mode: "fixed-delay", exclude: ["2026-01-02"] },
    });
    await test.advance("2026-01-04T00:00:00Z");
    expect(starts.slice(3).some((at) => at.startsWith("2026-01-02"))).toBe(false);
    expect(starts.length).toBeGreaterThan(5);
  });

  it("S1.35 C14 N4 meets the hour that does not exist and the one that comes twice as the policy says", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const task = await test.rota.tasks.create({
      name: "night",
      type: "note",
      trigger: { kind: "cron", expression: "30 1 * * *", timezone: "Europe/London" },
    });
    expect(task.schedule.warnings.map((warning) => warning.code).sort()).toEqual(["DST_GAP", "DST_OVERLAP"]);
    await test.advance("2026-11-01T00:00:00Z");
    expect(starts.filter((at) => at.startsWith("2026-03-29"))).toEqual(["2026-03-29T01:00:00.000Z"]);
    expect(starts.filter((at) => at.startsWith("2026-10-25"))).toEqual(["2026-10-25T00:30:00.000Z"]);
  });

  it("S1.24 SEM 5 an edited trigger begins anew, another edit keeps the grid", async () => {
    const { starts, open } = setup();
    await using test = await open();
    const { id } = await test.rota.tasks.create({
      name: "loop",
      type: "note",
      trigger: { kind: "interval", every: "10m" },
    });
    await test.advance(15 * 60_000);
    await test.rota.tasks.update({ id, description: "only words" });
    await test.advance(6 * 60_000);
    expect(starts).toHaveLength(2);
    await test.rota.tasks.update({ id, trigger: { kind: "interval", every: "1h" } });
    await test.advance(59 * 60_000);
    expect(starts).toHaveLength(2);
    await test.advance(2 * 60_000);
    expect(starts).toHaveLength(3);
    expect((await test.rota.tasks.get({ id })).revision).toBe(3);
  });
});
