// What is accepted as a trigger, and how everything else is refused.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Calculators } from "./calculators.ts";
import { checkTrigger, type CheckContext, type CheckedTrigger } from "./check.ts";
import { compileTrigger } from "./compile.ts";

const nowMs = Date.UTC(2027, 0, 1, 12);
const calculators = new Calculators();

function check(input: unknown, context: Partial<CheckContext> = {}): CheckedTrigger {
  return checkTrigger(input, { calculators, nowMs, ...context });
}

/** `path code` of every issue. */
function codes(input: unknown, context: Partial<CheckContext> = {}): string[] {
  const checked = check(input, context);
  return checked.ok ? [] : checked.issues.map(({ path, code }) => `${path} ${code}`);
}

function messages(input: unknown): string {
  const checked = check(input);
  return checked.ok ? "" : checked.issues.map(({ message }) => message).join("\n");
}

describe("checking a trigger", () => {
  it.each([
    { kind: "manual" },
    { kind: "immediate" },
    { kind: "at", at: "2027-03-28T09:00:00+08:00" },
    { kind: "at", at: "2027-03-28T09:00", timezone: "Asia/Shanghai" },
    { kind: "interval", every: 5000 },
    { kind: "interval", every: "2d", at: "09:00" },
    { kind: "interval", every: "5m", mode: "fixed-delay" },
    {
      kind: "cron",
      expression: "0 9 * * 1-5",
      timezone: "Europe/London",
      dst: { gap: "skip", overlap: "both" },
      dayMatch: "and",
    },
    { kind: "daily", times: ["08:00", "20:30"], days: ["mon", "fri"] },
    {
      kind: "any",
      triggers: [
        { kind: "cron", expression: "0 9 * * *" },
        { kind: "interval", every: "1h" },
      ],
      jitter: "30s",
      exclude: ["2027-05-01"],
    },
    {
      kind: "cron",
      expression: "@daily",
      startAt: "2027-02-01",
      endAt: "2027-03-01",
      exclude: ["2027-02-03/2027-02-05", "* * * * 0"],
    },
  ])("S0.16–S0.18 S0.27 S0.28 accepts %j as it is, and compiles it", (trigger) => {
    const checked = check(trigger);
    expect(checked).toEqual({ ok: true, trigger });
    if (checked.ok) compileTrigger(checked.trigger, { anchorMs: nowMs, defaultTimezone: "UTC", calculators });
  });

  it("gives days, times and exclusions one spelling", () => {
    expect(
      check({
        kind: "daily",
        times: ["8:00"],
        days: ["Monday", 7, "FRI"],
        exclude: { dates: ["2027-01-02"], cron: "* * 1 * *" },
      }),
    ).toEqual({
      ok: true,
      trigger: {
        kind: "daily",
        times: ["08:00"],
        days: ["sun", "mon", "fri"],
        exclude: ["2027-01-02", "* * 1 * *"],
      },
    });
  });

  it.each<[unknown, string]>([
    [null, "trigger WRONG_TYPE"],
    ["0 9 * * *", "trigger WRONG_TYPE"],
    [[], "trigger WRONG_TYPE"],
    [{}, "trigger.kind REQUIRED"],
    [{ kind: 5 }, "trigger.kind WRONG_TYPE"],
    [{ kind: "crn", expression: "* * * * *" }, "trigger.kind UNKNOWN_KIND"],
    [{ kind: "cron" }, "trigger.expression REQUIRED"],
    [{ kind: "cron", expression: "61 * * * *" }, "trigger.expression INVALID_CRON"],
    [{ kind: "cron", expression: "0 0 31 2 *" }, "trigger.expression NEVER_FIRES"],
    [{ kind: "cron", expression: "0 0 0 1 1 ? 2020" }, "trigger NEVER_FIRES"],
    [{ kind: "cron", expression: "0 9 * * *", exclude: ["0 9 * * *"] }, "trigger NEVER_FIRES"],
    [
      { kind: "cron", expression: "0 9 * * *", timezone: "Asia/Beijing" },
      "trigger.timezone UNKNOWN_TIMEZONE",
    ],
    [{ kind: "cron", expression: "0 9 * * *", timezone: "CST" }, "trigger.timezone UNKNOWN_TIMEZONE"],
    [{ kind: "cron", expression: "0 9 * * *", timezone: "+08:00" }, "trigger.timezone UNKNOWN_TIMEZONE"],
    [{ kind: "cron", expression: "0 9 * * *", dst: { gap: "next" } }, "trigger.dst.gap INVALID_VALUE"],
    [{ kind: "cron", expression: "0 9 * * *", dst: { gaps: "skip" } }, "trigger.dst.gaps UNKNOWN_FIELD"],
    [{ kind: "cron", expression: "0 9 * * *", endAt: "2026-01-01" }, "trigger.endAt NEVER_FIRES"],
    [
      { kind: "cron", expression: "0 9 * * *", startAt: "2027-06-01", endAt: "2027-05-01" },
      "trigger.endAt NEVER_FIRES",
    ],
    [{ kind: "cron", expression: "0 9 * * *", startAt: "tomorrow" }, "trigger.startAt INVALID_TIME"],
    [{ kind: "cron", expression: "0 9 * * *", jitter: -1 }, "trigger.jitter INVALID_DURATION"],
    [{ kind: "cron", expression: "0 9 * * *", jitter: "30d" }, "trigger.jitter OUT_OF_RANGE"],
    [{ kind: "cron", expression: "0 9 * * *", exclude: ["2027-02-30"] }, "trigger.exclude.0 INVALID_TIME"],
    [{ kind: "cron", expression: "0 9 * * *", exclude: ["61 * * * *"] }, "trigger.exclude.0 INVALID_CRON"],
    [{ kind: "cron", expression: "0 9 * * *", exclude: [7] }, "trigger.exclude.0 WRONG_TYPE"],
    [
      { kind: "cron", expression: "0 9 * * *", exclude: Array.from({ length: 2000 }, () => "2027-01-01") },
      "trigger.exclude TOO_MANY",
    ],
    [
      { kind: "cron", expression: "0 9 * * *", exclude: Array.from({ length: 51 }, () => "* * 1 * *") },
      "trigger.exclude TOO_MANY",
    ],
    [{ kind: "at" }, "trigger.at REQUIRED"],
    [{ kind: "at", at: "soon" }, "trigger.at INVALID_TIME"],
    [{ kind: "at", at: "2027-02-29T09:00" }, "trigger.at INVALID_TIME"],
    [{ kind: "at", at: 1_800_000_000_000 }, "trigger.at WRONG_TYPE"],
    [{ kind: "at", at: "2027-01-01T11:00:00Z" }, "trigger.at IN_THE_PAST"],
    [
      { kind: "at", at: "2027-03-14T02:30", timezone: "America/New_York", dst: { gap: "skip" } },
      "trigger.at NEVER_FIRES",
    ],
    [{ kind: "interval" }, "trigger.every REQUIRED"],
    [{ kind: "interval", every: 0 }, "trigger.every OUT_OF_RANGE"],
    [{ kind: "interval", every: -5 }, "trigger.every INVALID_DURATION"],
    [{ kind: "interval", every: "0d" }, "trigger.every OUT_OF_RANGE"],
    [{ kind: "interval", every: "500ms" }, "trigger.every TOO_FREQUENT"],
    [{ kind: "interval", every: "1d12h" }, "trigger.every INVALID_DURATION"],
    [{ kind: "interval", every: "5m", at: "09:00" }, "trigger.at NOT_ALLOWED"],
    [{ kind: "interval", every: "1mo", mode: "fixed-delay" }, "trigger.every INVALID_DURATION"],
    [
      { kind: "interval", every: "5m", mode: "fixed-delay", anchor: "2027-01-01" },
      "trigger.anchor NOT_ALLOWED",
    ],
    [{ kind: "interval", every: "5m", mode: "fixed_delay" }, "trigger.mode INVALID_VALUE"],
    [{ kind: "daily" }, "trigger.times REQUIRED"],
    [{ kind: "daily", times: [] }, "trigger.times REQUIRED"],
    [{ kind: "daily", times: ["24:00"] }, "trigger.times.0 INVALID_TIME"],
    [{ kind: "daily", times: ["08:00"], days: ["mo"] }, "trigger.days.0 INVALID_VALUE"],
    [{ kind: "any", triggers: [] }, "trigger.triggers REQUIRED"],
    [{ kind: "any", triggers: [{ kind: "manual" }] }, "trigger.triggers.0.kind NOT_ALLOWED"],
    [{ kind: "any", triggers: [{ kind: "any", triggers: [] }] }, "trigger.triggers.0.kind NOT_ALLOWED"],
    [
      { kind: "any", triggers: [{ kind: "interval", every: "5m", mode: "fixed-delay" }] },
      "trigger.triggers.0.mode NOT_ALLOWED",
    ],
    [
      { kind: "any", triggers: [{ kind: "cron", expression: "@daily", jitter: "5s" }] },
      "trigger.triggers.0.jitter NOT_ALLOWED",
    ],
    [
      { kind: "any", triggers: Array.from({ length: 101 }, () => ({ kind: "cron", expression: "@daily" })) },
      "trigger.triggers TOO_MANY",
    ],
    [{ kind: "manual", startAt: "2027-06-01" }, "trigger.startAt NOT_ALLOWED"],
    [JSON.parse('{"kind": "manual", "__proto__": {"x": 1}}'), "trigger.__proto__ UNKNOWN_FIELD"],
    [{ kind: "constructor" }, "trigger.kind UNKNOWN_KIND"],
  ])("refuses %j with %s", (input, expected) => {
    expect(codes(input)).toEqual([expected]);
  });

  it("says what was probably meant", () => {
    expect(messages({ kind: "cron", expresion: "* * * * *" })).toContain("did you mean expression?");
    expect(messages({ kind: "dayly", times: ["08:00"] })).toContain('did you mean "daily"?');
    expect(messages({ kind: "cron", expression: "@daily", timezone: "Asia/Shanghi" })).toContain(
      "Asia/Shanghai",
    );
    expect(messages({ kind: "cron", expression: "@daily", timezone: "shanghai" })).toContain("Asia/Shanghai");
    expect(messages({ kind: "cron", expression: "@daily", timezone: "beijing" })).toContain("Asia/Shanghai");
    expect(messages({ kind: "cron", expression: "@daily", timezone: "Nowhere/Atall" })).toContain("IANA");
  });

  it("names every problem at once", () => {
    expect(codes({ kind: "cron", expression: "x", timezone: "y", jitter: "z", foo: 1 })).toHaveLength(4);
  });

  it("allows a one-off within its grace, and any past when it is not told the time", () => {
    expect(codes({ kind: "at", at: "2027-01-01T11:59:30Z" })).toEqual([]);
    expect(checkTrigger({ kind: "at", at: "2020-01-01T00:00:00Z" }, { calculators }).ok).toBe(true);
  });

  it("C1 holds crons, too, to the smallest interval configured", () => {
    expect(codes({ kind: "cron", expression: "*/5 * * * * *" }, { minimumIntervalMs: 60_000 })).toEqual([
      "trigger TOO_FREQUENT",
    ]);
    expect(codes({ kind: "cron", expression: "* * * * *" }, { minimumIntervalMs: 60_000 })).toEqual([]);
    expect(codes({ kind: "interval", every: "30s" }, { minimumIntervalMs: 60_000 })).toEqual([
      "trigger.every TOO_FREQUENT",
    ]);
  });

  it("never throws, and never accepts what does not compile", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "* * * * *",
        "5m",
        "2d",
        "09:00",
        "2027-05-05T09:00",
        "UTC",
        "fixed-delay",
        "0 0 L * 5#2",
        "@daily",
        "mon",
        "__proto__",
      ),
    );
    const values = fc.oneof(texts, fc.array(texts, { maxLength: 3 }), fc.jsonValue(), fc.integer());
    const fields = [
      "kind",
      "at",
      "every",
      "anchor",
      "mode",
      "expression",
      "dayMatch",
      "times",
      "days",
      "triggers",
      "timezone",
      "startAt",
      "endAt",
      "jitter",
      "exclude",
      "dst",
    ];
    const inputs = fc.tuple(
      fc.constantFrom("manual", "immediate", "at", "interval", "cron", "daily", "any"),
      fc.dictionary(fc.constantFrom(...fields), values),
    );
    fc.assert(
      fc.property(inputs, fc.boolean(), ([kind, rest], isNested) => {
        const one = { ...rest, kind };
        const checked = check(isNested ? { kind: "any", triggers: [one] } : one);
        expect(checked.ok || checked.issues.length > 0).toBe(true);
        if (!checked.ok) return;
        compileTrigger(checked.trigger, { anchorMs: nowMs, defaultTimezone: "UTC", calculators }).next(nowMs);
        expect(check(checked.trigger)).toEqual(checked);
      }),
      { numRuns: 500 },
    );
  });

  it("F.7 refuses hostile sizes without work", () => {
    const long = "1,".repeat(5000);
    expect(codes({ kind: "cron", expression: `${long}1 * * * *` })).toEqual([
      "trigger.expression INVALID_CRON",
    ]);
    let nested: unknown = { kind: "cron", expression: "@daily" };
    for (let depth = 0; depth < 10_000; depth++) nested = { kind: "any", triggers: [nested] };
    expect(codes(nested)).toEqual(["trigger.triggers.0.kind NOT_ALLOWED"]);
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 1]));
    expect(codes(wide)).toEqual(["trigger TOO_MANY"]);
    expect(codes({ kind: "cron", expression: "@daily", timezone: "A/".repeat(50_000) })).toEqual([
      "trigger.timezone UNKNOWN_TIMEZONE",
    ]);
    expect(codes({ kind: "x".repeat(1_000_000) })).toEqual(["trigger.kind UNKNOWN_KIND"]);
  });
});
