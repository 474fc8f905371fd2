// Simulation: the production rule under virtual time.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overlapPolicies } from "../task.ts";
import { Calculators } from "./calculators.ts";
import { simulateTrigger, simulationLimit, type SimulateInput, type Simulation } from "./simulate.ts";
import { defaultMisfire } from "./trigger.ts";

const minute = 60_000;
const fromMs = Date.UTC(2027, 0, 1, 12);
const everyMinute = { kind: "cron", expression: "* * * * *" } as const;

function simulate(input: Partial<SimulateInput>): Simulation {
  const context = { anchorMs: fromMs, defaultTimezone: "UTC", calculators: new Calculators() };
  return simulateTrigger({ trigger: everyMinute, context, fromMs, untilMs: fromMs + 10 * minute, ...input });
}

/** `minute decision reason`, a stretch as `from-to`. */
function shown({ occurrences }: Simulation): string[] {
  const at = (ms: number): number => (ms - fromMs) / minute;
  return occurrences.map(({ scheduledForMs, untilMs, decision, reason }) =>
    [untilMs === undefined ? at(scheduledForMs) : `${at(scheduledForMs)}-${at(untilMs)}`, decision, reason]
      .filter((part) => part !== undefined)
      .join(" "),
  );
}

describe("simulating a trigger", () => {
  it("starts each instant on time, up to the end", () => {
    expect(shown(simulate({ untilMs: fromMs + 3 * minute }))).toEqual([
      "1 started",
      "2 started",
      "3 started",
    ]);
  });

  it("N3 shows what an outage does under each misfire policy", () => {
    const outages = [{ fromMs: fromMs + 2 * minute, untilMs: fromMs + 6.5 * minute }];
    const untilMs = fromMs + 7 * minute;
    expect(shown(simulate({ outages, untilMs }))).toEqual([
      "1 started",
      "2-5 coalesced",
      "6 started",
      "7 started",
    ]);
    expect(shown(simulate({ outages, untilMs, misfire: { ...defaultMisfire, policy: "skip" } }))).toEqual([
      "1 started",
      "2-5 missed grace",
      "6 started",
      "7 started",
    ]);
    const all = simulate({
      outages,
      untilMs,
      misfire: { ...defaultMisfire, policy: "all", cap: 3 },
      runDurationMs: 1000,
    });
    expect(shown(all)).toEqual([
      "1 started",
      "2 dropped cap",
      "3 started",
      "4 started",
      "5 started",
      "6 started",
      "7 started",
    ]);
    // The catch-ups follow one another (SEM 14).
    expect(all.occurrences.map(({ startedAtMs }) => startedAtMs).slice(2, 4)).toEqual([
      fromMs + 6.5 * minute,
      fromMs + 6.5 * minute + 1000,
    ]);
  });

  it("judges overlap by every policy (SEM 2)", () => {
    const input = { runDurationMs: 2.5 * minute, untilMs: fromMs + 5 * minute };
    expect(shown(simulate({ ...input, overlap: "skip" }))).toEqual([
      "1 started",
      "2-3 skipped overlap",
      "4 started",
      "5 skipped overlap",
    ]);
    expect(shown(simulate({ ...input, overlap: "allow" }))).toHaveLength(5);
    const queue = simulate({ ...input, overlap: "queue" });
    expect(shown(queue)).toEqual([
      "1 started",
      "2 started",
      "3 skipped overlap",
      "4 started",
      "5 skipped overlap",
    ]);
    expect(
      queue.occurrences.map(({ startedAtMs }) => startedAtMs && (startedAtMs - fromMs) / minute),
    ).toEqual([1, 3.5, undefined, 6, undefined]);
    const queueAll = simulate({ ...input, overlap: "queue-all" });
    expect(queueAll.occurrences.map(({ startedAtMs }) => ((startedAtMs ?? 0) - fromMs) / minute)).toEqual([
      1, 3.5, 6, 8.5, 11,
    ]);
    for (const overlap of ["cancel-previous", "terminate-previous"] as const) {
      const cancelled = simulate({ ...input, overlap });
      expect(
        cancelled.occurrences.map(({ isCancelled, finishedAtMs }) => [
          isCancelled,
          ((finishedAtMs ?? 0) - fromMs) / minute,
        ]),
      ).toEqual([
        [true, 2],
        [true, 3],
        [true, 4],
        [true, 5],
        [undefined, 7.5],
      ]);
    }
  });

  it("measures a fixed delay from the end of each run, and says that it is an estimate (SEM 17)", () => {
    const simulation = simulate({
      trigger: { kind: "interval", every: "2m", mode: "fixed-delay" },
      runDurationMs: minute,
    });
    expect(shown(simulation)).toEqual(["2 started", "5 started", "8 started"]);
    expect(simulation.isEstimated).toBe(true);
  });

  it("keeps to windows, maxRuns and jitter", () => {
    expect(
      shown(simulate({ windows: [{ from: "12:00", to: "12:03" }], untilMs: fromMs + 5 * minute })),
    ).toEqual(["1 started", "2 started", "3-5 skipped window"]);
    expect(shown(simulate({ maxRuns: 2 }))).toEqual(["1 started", "2 started"]);
    const spread = simulate({ trigger: { ...everyMinute, jitter: "30s" }, taskKey: 4711, maxRuns: 1 })
      .occurrences[0];
    expect(spread?.decidedAtMs).toBe(spread?.dueAtMs);
    expect((spread?.dueAtMs ?? 0) - (spread?.scheduledForMs ?? 0)).toBeGreaterThan(0);
  });

  it("starts an immediate trigger once and a manual one never", () => {
    expect(shown(simulate({ trigger: { kind: "immediate" } }))).toEqual(["0 started"]);
    expect(shown(simulate({ trigger: { kind: "manual" } }))).toEqual([]);
  });

  it("says when it stopped at its bounds", () => {
    const decade = simulate({
      trigger: { kind: "interval", every: 1000 },
      untilMs: fromMs + 3653 * 1440 * minute,
    });
    expect(decade).toMatchObject({ isTruncated: true });
    expect(decade.occurrences).toHaveLength(simulationLimit);
    expect(simulate({}).isTruncated).toBe(false);
  });

  it("accounts for every instant exactly once, whatever the policies and outages", () => {
    const inputs = fc.record({
      overlap: fc.constantFrom(...overlapPolicies),
      policy: fc.constantFrom("skip" as const, "once" as const, "all" as const),
      graceMs: fc.constantFrom(0, minute, 20 * minute),
      cap: fc.integer({ min: 1, max: 20 }),
      runDurationMs: fc.integer({ min: 0, max: 10 * minute }),
      outages: fc.array(
        fc.record({ fromMs: fc.integer({ min: 0, max: 120 }), length: fc.integer({ min: 1, max: 60 }) }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(inputs, ({ overlap, policy, graceMs, cap, runDurationMs, outages }) => {
        const { occurrences } = simulate({
          overlap,
          runDurationMs,
          misfire: { ...defaultMisfire, policy, graceMs, cap },
          outages: outages.map((outage) => ({
            fromMs: fromMs + outage.fromMs * minute,
            untilMs: fromMs + (outage.fromMs + outage.length) * minute + 7,
          })),
          untilMs: fromMs + 400 * minute,
        });
        let next = fromMs + minute;
        for (const { scheduledForMs, untilMs } of occurrences) {
          expect(scheduledForMs).toBe(next);
          next = (untilMs ?? scheduledForMs) + minute;
        }
        expect(next).toBe(fromMs + 401 * minute);
        const runs = occurrences.filter(({ startedAtMs }) => startedAtMs !== undefined);
        const isAlone = runs.every(
          (run, index) => (run.startedAtMs ?? 0) >= (runs[index - 1]?.finishedAtMs ?? 0),
        );
        expect(isAlone || overlap === "allow").toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
