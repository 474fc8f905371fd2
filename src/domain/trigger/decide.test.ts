// The misfire rule: against an oracle that enumerates every instant, and the cases the law names.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DecisionReason } from "../occurrence.ts";
import { Calculators } from "./calculators.ts";
import { compileTrigger, type CompiledTrigger } from "./compile.ts";
import { decide } from "./decide.ts";
import type { Decided, DecidedInstant, DecideInput } from "./decided.ts";
import { defaultMisfire, triggerBounds, type MisfirePolicy, type Trigger, type Window } from "./trigger.ts";
import { Windows } from "./windows.ts";

const calculators = new Calculators();
const minute = 60_000;
const noon = Date.UTC(2027, 2, 2, 12);

function compiled(trigger: Trigger): CompiledTrigger {
  return compileTrigger(trigger, { anchorMs: 0, defaultTimezone: "UTC", calculators });
}

const everyMinute = compiled({ kind: "cron", expression: "* * * * *" });

function decided(input: Partial<DecideInput>): Decided {
  return decide({
    compiled: everyMinute,
    decidedThroughMs: noon,
    nowMs: noon,
    misfire: defaultMisfire,
    mode: "running",
    ...input,
  });
}

interface Single {
  readonly ms: number;
  readonly decision: string;
  readonly reason?: DecisionReason | undefined;
  readonly intoMs?: number | undefined;
}

/** Every instant of every row. */
function expand(rows: readonly DecidedInstant[], trigger: CompiledTrigger): Single[] {
  const singles: Single[] = [];
  for (const { scheduledForMs, untilMs, decision, reason, intoMs } of rows) {
    let ms: number | undefined = scheduledForMs;
    while (ms !== undefined && ms <= (untilMs ?? scheduledForMs)) {
      singles.push({ ms, decision, reason, intoMs });
      ms = trigger.next(ms);
    }
  }
  return singles;
}

/** The law, word by word, over the list of all instants. */
function oracle(input: DecideInput): { readonly singles: Single[]; readonly cursorMs: number } {
  const { misfire, nowMs, mode, maxRunsLeft = Infinity, jitterOffsetMs: offset = 0 } = input;
  const windows = new Windows(input.windows, input.compiled.zone);
  const due: number[] = [];
  for (
    let ms = input.compiled.next(input.decidedThroughMs);
    ms !== undefined && ms + offset <= nowMs;
    ms = input.compiled.next(ms)
  ) {
    due.push(ms);
  }
  if (mode === "resume-now")
    return {
      singles: due.map((ms) => ({ ms, decision: "skipped", reason: "paused" })),
      cursorMs: due.at(-1) ?? input.decidedThroughMs,
    };
  if (maxRunsLeft <= 0) return { singles: [], cursorMs: input.decidedThroughMs };
  const late = (ms: number): number => nowMs - (ms + offset);
  const inside = due.filter((ms) => windows.isInside(ms));
  const isOnTime = (ms: number): boolean => late(ms) <= misfire.graceMs;
  const caughtUp = inside.filter((ms) => !isOnTime(ms) && late(ms) <= (misfire.maxAgeMs ?? Infinity));
  const onTime = inside.filter(isOnTime);
  let starts = onTime;
  if (misfire.policy === "all") starts = [...caughtUp.slice(-misfire.cap), ...onTime];
  if (misfire.policy === "once" && onTime.length === 0) starts = caughtUp.slice(-1);
  const kept = starts.slice(0, maxRunsLeft);
  const cursorMs = (kept.length < starts.length ? kept.at(-1) : due.at(-1)) ?? input.decidedThroughMs;
  const judge = (ms: number): Single => {
    if (kept.includes(ms)) return { ms, decision: "started" };
    if (!windows.isInside(ms)) return { ms, decision: "skipped", reason: "window" };
    if (isOnTime(ms)) return { ms, decision: "dropped", reason: "cap" };
    if (misfire.policy === "skip") return { ms, decision: "missed", reason: "grace" };
    if (late(ms) > (misfire.maxAgeMs ?? Infinity)) return { ms, decision: "missed", reason: "max-age" };
    return misfire.policy === "once"
      ? { ms, decision: "coalesced", intoMs: kept.at(-1) }
      : { ms, decision: "dropped", reason: "cap" };
  };
  return { singles: due.filter((ms) => ms <= cursorMs).map(judge), cursorMs };
}

const triggers: readonly CompiledTrigger[] = (
  [
    { kind: "cron", expression: "* * * * *" },
    { kind: "cron", expression: "*/7 8-18 * * 1-5", timezone: "America/New_York" },
    { kind: "interval", every: "13m" },
    { kind: "daily", times: ["01:30", "02:30", "14:00"], timezone: "Europe/London" },
    {
      kind: "any",
      triggers: [
        { kind: "interval", every: "1h" },
        { kind: "daily", times: ["12:00"] },
      ],
    },
    { kind: "at", at: "2027-03-28T02:00:00Z" },
  ] satisfies Trigger[]
).map(compiled);

const windowSets: readonly (readonly Window[] | undefined)[] = [
  undefined,
  [{ from: "09:00", to: "17:00" }],
  [
    { from: "22:00", to: "04:00", days: ["fri", "sat"] },
    { from: "11:55", to: "12:05" },
  ],
  [{ from: "01:00", to: "02:30" }],
];

const misfires: fc.Arbitrary<MisfirePolicy> = fc
  .record({
    policy: fc.constantFrom("skip" as const, "once" as const, "all" as const),
    graceMs: fc.constantFrom(0, minute, 10 * minute, 600 * minute),
    maxAgeMs: fc.constantFrom(undefined, minute, 90 * minute, 1440 * minute),
    cap: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ maxAgeMs, ...rest }) => (maxAgeMs === undefined ? rest : { ...rest, maxAgeMs }));

const inputs: fc.Arbitrary<DecideInput> = fc
  .record({
    compiled: fc.constantFrom(...triggers),
    decidedThroughMs: fc.integer({ min: Date.UTC(2027, 2, 26), max: Date.UTC(2027, 2, 29) }),
    outageMs: fc.integer({ min: -minute, max: 40 * 60 * minute }),
    misfire: misfires,
    windows: fc.constantFrom(...windowSets),
    maxRunsLeft: fc.constantFrom(undefined, 0, 1, 2, 5),
    jitterOffsetMs: fc.constantFrom(0, 1, 30_000, 20 * minute),
    mode: fc.constantFrom("running" as const, "resume-now" as const, "resume-paused-at" as const),
  })
  .map(({ outageMs, windows, maxRunsLeft, ...rest }) => ({
    ...rest,
    nowMs: rest.decidedThroughMs + outageMs,
    ...(windows === undefined ? {} : { windows }),
    ...(maxRunsLeft === undefined ? {} : { maxRunsLeft }),
  }));

describe("the misfire rule", () => {
  it("decides like an oracle that enumerates every instant (SEM 5, 14, 19)", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const result = decide(input);
        const expected = oracle(input);
        expect(expand(result.occurrences, input.compiled)).toEqual(expected.singles);
        expect(result.decidedThroughMs).toBe(expected.cursorMs);
        const left = input.maxRunsLeft === 0 ? undefined : input.compiled.next(result.decidedThroughMs);
        expect(result.nextFireAtMs).toBe(left === undefined ? undefined : left + (input.jitterOffsetMs ?? 0));
        expect(result.exhausted).toBe(left === undefined);
      }),
      { numRuns: 1500 },
    );
  });

  it("writes one row for equal neighbours, and rows that follow one another without gap or overlap (SEM 19)", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { occurrences } = decide(input);
        for (const [index, row] of occurrences.entries()) {
          const before = occurrences[index - 1];
          if (before === undefined) continue;
          expect(input.compiled.next(before.untilMs ?? before.scheduledForMs)).toBe(row.scheduledForMs);
          const isSame =
            before.decision === row.decision && before.reason === row.reason && before.intoMs === row.intoMs;
          expect(isSame && row.decision !== "started").toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("decides nothing twice and nothing never when it is asked at any moments", () => {
    fc.assert(
      fc.property(
        inputs,
        fc.array(fc.integer({ min: 0, max: 300 * minute }), { maxLength: 8 }),
        (input, steps) => {
          let cursor = input.decidedThroughMs;
          let now = cursor;
          const seen: number[] = [];
          for (const step of steps) {
            now += step;
            const { maxRunsLeft: _unlimited, ...rest } = input;
            const result = decide({ ...rest, decidedThroughMs: cursor, nowMs: now });
            seen.push(...expand(result.occurrences, input.compiled).map(({ ms }) => ms));
            cursor = result.decidedThroughMs;
          }
          const expected: number[] = [];
          const horizon = now - (input.jitterOffsetMs ?? 0);
          for (
            let ms = input.compiled.next(input.decidedThroughMs);
            ms !== undefined && ms <= horizon;
            ms = input.compiled.next(ms)
          )
            expected.push(ms);
          expect(seen).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("starts an instant that is due, and says when the next one is", () => {
    const result = decided({ nowMs: noon + minute });
    expect(result).toEqual({
      occurrences: [{ scheduledForMs: noon + minute, count: 1, dueAtMs: noon + minute, decision: "started" }],
      decidedThroughMs: noon + minute,
      nextFireAtMs: noon + 2 * minute,
      exhausted: false,
    });
  });

  it("coalesces an outage of an hour into the newest instant under once", () => {
    const { occurrences } = decided({ nowMs: noon + 60 * minute + 30_000 });
    expect(occurrences.map(({ decision }) => decision)).toEqual(["coalesced", "started"]);
    expect(occurrences[0]).toMatchObject({
      scheduledForMs: noon + minute,
      untilMs: noon + 59 * minute,
      intoMs: noon + 60 * minute,
    });
  });

  it("marks catch-ups, so that all can run them one after another whatever overlap says (SEM 14)", () => {
    const { occurrences } = decided({
      nowMs: noon + 3 * minute,
      misfire: { ...defaultMisfire, policy: "all" },
    });
    expect(occurrences.map(({ isCatchUp }) => isCatchUp)).toEqual([true, undefined, undefined]);
  });

  it("starts the newest cap of the late ones under all, and those on time besides (SEM 14)", () => {
    const { occurrences } = decided({
      nowMs: noon + 100 * minute,
      misfire: { ...defaultMisfire, policy: "all", cap: 3 },
    });
    expect(
      occurrences.map(({ decision, reason, isCatchUp }) => [decision, reason ?? isCatchUp ?? "on time"]),
    ).toEqual([
      ["dropped", "cap"],
      ["started", true],
      ["started", true],
      ["started", true],
      ["started", "on time"],
      ["started", "on time"],
    ]);
    expect(occurrences.at(-1)?.scheduledForMs).toBe(noon + 100 * minute);
  });

  it("starts each instant within its grace, however small the cap (SEM 14)", () => {
    for (const policy of ["skip", "once", "all"] as const) {
      const { occurrences } = decided({
        nowMs: noon + 5 * minute,
        misfire: { ...defaultMisfire, policy, graceMs: 10 * minute, cap: 1 },
      });
      expect(occurrences.map(({ decision }) => decision)).toEqual(Array(5).fill("started"));
    }
  });

  it("enumerates no more instants on time than the largest cap there is, however long the grace", () => {
    const { occurrences } = decided({
      compiled: compiled({ kind: "cron", expression: "* * * * * *" }),
      nowMs: noon + 300 * minute,
      misfire: { ...defaultMisfire, graceMs: 600 * minute, cap: 1 },
    });
    expect(occurrences[0]).toMatchObject({ decision: "dropped", reason: "cap" });
    expect(occurrences.length - 1).toBe(triggerBounds.cap);
  });

  it("puts the starts of a catch-up in order under all, be it of one, and under nothing else (SEM 14)", () => {
    const late = (policy: MisfirePolicy["policy"], minutes: number): Decided =>
      decided({ nowMs: noon + minutes * minute + 30_000, misfire: { ...defaultMisfire, policy } });
    expect(late("all", 2).inOrder).toBe(true);
    expect(late("all", 1).inOrder).toBeUndefined();
    expect(late("once", 9).inOrder).toBeUndefined();
  });

  it("decides all instants of a pause in one row when it resumes from now (SEM 5)", () => {
    const result = decided({ nowMs: noon + 600 * minute, mode: "resume-now", maxRunsLeft: 0 });
    expect(result.occurrences).toEqual([
      {
        scheduledForMs: noon + minute,
        untilMs: noon + 600 * minute,
        dueAtMs: noon + minute,
        decision: "skipped",
        reason: "paused",
      },
    ]);
  });

  it("stops at the last start that maxRuns allows, since overlap may still refuse it", () => {
    const all = { ...defaultMisfire, policy: "all" } as const;
    const first = decided({ nowMs: noon + 10 * minute, misfire: all, maxRunsLeft: 2 });
    expect(first.decidedThroughMs).toBe(noon + 2 * minute);
    expect(first.nextFireAtMs).toBe(noon + 3 * minute);
    const spent = decided({
      decidedThroughMs: first.decidedThroughMs,
      nowMs: noon + 10 * minute,
      misfire: all,
      maxRunsLeft: 0,
    });
    expect(spent).toEqual({ occurrences: [], decidedThroughMs: noon + 2 * minute, exhausted: true });
  });

  it("catches a one-off up however late it is, since it has no maxAge (SEM 14)", () => {
    const once = compiled({ kind: "at", at: "2027-03-02T12:00:00Z" });
    const { maxAgeMs: _none, ...misfire } = defaultMisfire;
    const result = decided({
      compiled: once,
      decidedThroughMs: 0,
      nowMs: noon + 30 * 1440 * minute,
      misfire,
    });
    expect(result.occurrences).toMatchObject([
      { scheduledForMs: noon, decision: "started", isCatchUp: true },
    ]);
    expect(result.exhausted).toBe(true);
  });

  it("judges ten years of a per-second trigger without enumerating them", () => {
    const everySecond = compiled({ kind: "cron", expression: "* * * * * *" });
    for (const policy of ["skip", "once", "all"] as const) {
      let asked = 0;
      const counting: CompiledTrigger = {
        ...everySecond,
        next: (ms) => (asked++, everySecond.next(ms)),
        previous: (ms) => (asked++, everySecond.previous(ms)),
      };
      const decadeAgo = noon - 3653 * 86_400_000;
      const result = decided({
        compiled: counting,
        decidedThroughMs: decadeAgo,
        nowMs: noon,
        misfire: { ...defaultMisfire, policy, cap: 1000 },
      });
      expect(result.decidedThroughMs).toBe(noon);
      expect(result.occurrences[0]?.scheduledForMs).toBe(decadeAgo + 1000);
      expect(asked).toBeLessThan(5000);
    }
  });

  it("has nothing to decide for triggers without instants", () => {
    expect(decided({ compiled: compiled({ kind: "manual" }), nowMs: noon + minute }).exhausted).toBe(false);
  });
});

describe("a fixed delay", () => {
  const delay = compiled({ kind: "interval", every: "5m", mode: "fixed-delay" });
  const ask = (input: Partial<DecideInput>): Decided =>
    decided({ compiled: delay, decidedThroughMs: 0, fixedDelayDueMs: noon, ...input });

  it("starts when due and leaves the next moment to the end of the run (SEM 17)", () => {
    const result = ask({});
    expect(result.occurrences).toMatchObject([{ scheduledForMs: noon, decision: "started" }]);
    expect(result.nextFireAtMs).toBeUndefined();
    expect(result.exhausted).toBe(false);
    expect(delay.afterRun?.(noon + minute)).toBe(noon + 6 * minute);
  });

  it("goes on from the decision when it starts none, and never catches up more than one", () => {
    const late = ask({ nowMs: noon + 600 * minute, misfire: { ...defaultMisfire, policy: "skip" } });
    expect(late.occurrences).toMatchObject([{ decision: "missed", reason: "grace" }]);
    expect(late.nextFireAtMs).toBe(noon + 605 * minute);
    const all = ask({ nowMs: noon + 600 * minute, misfire: { ...defaultMisfire, policy: "all" } });
    expect(all.occurrences).toMatchObject([{ decision: "started", isCatchUp: true }]);
    const old = ask({ nowMs: noon + 2000 * minute });
    expect(old.occurrences).toMatchObject([{ decision: "missed", reason: "max-age" }]);
    expect(ask({ mode: "resume-now" }).occurrences).toMatchObject([
      { decision: "skipped", reason: "paused" },
    ]);
    const closed = ask({ windows: [{ from: "01:00", to: "02:00" }] });
    expect(closed.occurrences).toMatchObject([{ decision: "skipped", reason: "window" }]);
  });

  it("is exhausted when its last start is spent, whatever the pause leaves to decide", () => {
    expect(ask({ maxRunsLeft: 0 })).toMatchObject({ occurrences: [], exhausted: true });
    const resumed = ask({ maxRunsLeft: 0, mode: "resume-now" });
    expect(resumed).toMatchObject({ occurrences: [{ reason: "paused" }], exhausted: true });
    expect(resumed.nextFireAtMs).toBeUndefined();
  });

  it("waits while its run is live, or until it is due", () => {
    expect(ask({ nowMs: noon - 1 })).toMatchObject({ occurrences: [], nextFireAtMs: noon });
    const { fixedDelayDueMs: _none, ...live } = {
      compiled: delay,
      decidedThroughMs: noon,
      nowMs: noon,
      misfire: defaultMisfire,
      mode: "running" as const,
      fixedDelayDueMs: 0,
    };
    expect(decide(live)).toEqual({ occurrences: [], decidedThroughMs: noon, exhausted: false });
  });

  it("ends with endAt, and keeps to its exclusions", () => {
    const bounded = compiled({
      kind: "interval",
      every: "5m",
      mode: "fixed-delay",
      endAt: "2027-03-02T12:00:00Z",
      exclude: ["2027-03-01"],
    });
    expect(bounded.afterRun?.(noon)).toBeUndefined();
    expect(bounded.afterRun?.(Date.UTC(2027, 2, 1, 8))).toBe(Date.UTC(2027, 2, 2));
    const closed = decided({
      compiled: bounded,
      decidedThroughMs: 0,
      fixedDelayDueMs: noon,
      mode: "resume-now",
    });
    expect(closed.exhausted).toBe(true);
  });
});
