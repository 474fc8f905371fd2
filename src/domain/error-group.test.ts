// Failures that are alike have one fingerprint, others have not.

import { describe, expect, it } from "vitest";
import { fingerprintOf, frameOf, patternOf } from "./error-group.ts";

const failure = (message: string, stack?: string) => ({
  userId: undefined,
  type: "mail",
  error: { code: "EXECUTION_FAILED", message, ...(stack === undefined ? {} : { stack }) },
});

describe("a fingerprint", () => {
  it.each([
    ["order 17 not found", "order 99182 not found"],
    ["run run_01kaj0v9e2f4erz0a5m2h6t8wq is gone", "run run_01kaj0v9e2f4erz0a5m2h6t8wx is gone"],
    ["no 6f1c2f0e-8a0b-4d3e-9f55-0123456789ab", "no 00000000-8a0b-4d3e-9f55-0123456789ab"],
    ["commit 9f86d081884c", "commit 0a1b2c3d4e5f"],
    ["late since 2026-03-02T09:00:00Z", "late since 2027-01-01T10:11:12.5+08:00"],
    ["took 1.5 s of  10", "took 2.25 s of 10"],
  ])("N15 is the same for %j and %j", (one, other) => {
    expect(fingerprintOf(failure(one))).toBe(fingerprintOf(failure(other)));
  });

  it("N15 is another for another message, code, type, owner or place", () => {
    const base = failure("the printer is on fire", "Error\n    at print (/app/print.ts:1:2)");
    const others = [
      failure("the printer is out of ink", base.error.stack),
      failure("the printer is on fire", "Error\n    at feed (/app/print.ts:1:2)"),
      { ...base, type: "fax" },
      { ...base, userId: "ann" },
      { ...base, error: { ...base.error, code: "TIMEOUT" } },
    ];
    const prints = [base, ...others].map(fingerprintOf);
    expect(new Set(prints).size).toBe(prints.length);
    for (const print of prints) expect(print).toMatch(/^[0-9a-f]{16}$/);
  });

  it("N15 does not depend on lines and folders of the code", () => {
    const at = (place: string) => fingerprintOf(failure("x", `Error: x\n    at ${place}`));
    expect(at("print (/a/print.ts:10:5)")).toBe(at("print (file:///b/c/print.ts:99:1)"));
    expect(at("async print (/a/print.ts:10:5)")).toBe(at("print (/a/print.ts:1:1)"));
  });

  it("N15 keeps ten thousand messages apart", () => {
    const word = (at: number) => String(at).replaceAll(/\d/g, (digit) => "abcdefghij".charAt(Number(digit)));
    const prints = Array.from({ length: 10_000 }, (_, at) => fingerprintOf(failure(`no ${word(at)}`)));
    expect(new Set(prints).size).toBe(10_000);
  });
});

describe("the frame of a stack", () => {
  it.each([
    [
      "Error\n    at node:internal/x:1:2\n    at Object.run (file:///app/src/mail.ts:5:6)",
      "Object.run (mail.ts)",
    ],
    ["Error\n    at /app/mail.ts:5:6", "mail.ts"],
    ["Error\n    at async Promise.all (index 0)", "Promise.all (index 0)"],
    ["Error\n    at send (C:\\\\app\\\\mail.js:5:6)", "send (mail.js)"],
    ["no frames", undefined],
    [undefined, undefined],
  ])("of %j is %j", (stack, frame) => {
    expect(frameOf(stack)).toBe(frame);
  });

  it("survives hostile texts in no time", () => {
    const hostile = `${"at ".repeat(50_000)}\n    at ${"(".repeat(50_000)}:1:1`;
    expect(typeof frameOf(hostile)).toBe("string");
    expect(patternOf("1".repeat(100_000)).length).toBeLessThan(600);
  });
});
