// Small rules: retry delays, place in the queue, cycles, suggestions, bounds of JSON.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closest } from "./closest.ts";
import { findCycle } from "./dependency.ts";
import { errorCatalogue, NonRetryableError, RetryAfterError, RotaError } from "./errors.ts";
import { isDeeperThan, isLongerThan } from "./json.ts";
import { failureResult, isReturnedOutcome, snooze, successResult } from "./outcome.ts";
import { placeOf, priorityNames } from "./priority.ts";
import { defaultRetry, retryDelayMs } from "./retry.ts";

describe("retry", () => {
  it("S1.13 S1.82 C18 R11 grows by its factor, is capped, and full jitter stays within", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const delay = retryDelayMs(defaultRetry, attempt, random);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min(60_000, 1000 * 2 ** (attempt - 1)));
        },
      ),
    );
    const plain = { ...defaultRetry, jitter: "none" } as const;
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((n) => retryDelayMs(plain, n, 0.5))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
    ]);
  });
});

describe("place", () => {
  it("S1.11 S4.6 C19 puts higher priority first, and lets low work age past it", () => {
    expect(placeOf(1000, 10)).toBeLessThan(placeOf(1000, 5));
    expect(placeOf(0, 1)).toBeLessThan(placeOf(90 * 60_000 + 1, 10));
    expect(priorityNames).toEqual({ low: 3, normal: 5, high: 8, critical: 10 });
  });
});

describe("dependencies", () => {
  it("S1.88 finds a cycle and names it", () => {
    const graph = new Map([
      [1, [2]],
      [2, [3]],
      [3, [1]],
      [4, [1]],
    ]);
    expect(findCycle(1, (key) => graph.get(key) ?? [])).toEqual([1, 2, 3, 1]);
    expect(findCycle(4, (key) => graph.get(key) ?? [])).toBeUndefined();
    expect(findCycle(5, () => [5])).toEqual([5, 5]);
  });

  it("finds none in any acyclic graph, in time linear in its edges", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { maxLength: 300 }), (pairs) => {
        const graph = new Map<number, number[]>();
        for (const [a, b] of pairs) if (a < b) graph.set(a, [...(graph.get(a) ?? []), b]);
        expect(findCycle(0, (key) => graph.get(key) ?? [])).toBeUndefined();
      }),
    );
    const wide = new Map(Array.from({ length: 3000 }, (_, i) => [i, [i + 1, i + 2]]));
    expect(findCycle(0, (key) => wide.get(key) ?? [])).toBeUndefined();
  });
});

describe("suggestions", () => {
  it("name the near word and nothing far", () => {
    expect(closest("trigerr", ["trigger", "type"])).toBe("trigger");
    expect(closest("xyz", ["trigger", "params"])).toBeUndefined();
    expect(closest("a".repeat(100_000), ["trigger"])).toBeUndefined();
  });
});

describe("bounds of JSON", () => {
  it("measures depth without recursion and bytes in UTF-8", () => {
    let deep: unknown = 0;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(isDeeperThan(deep)).toBe(true);
    expect(isDeeperThan({ a: [1, { b: 2 }] })).toBe(false);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), fc.nat(120), (text, limit) => {
        expect(isLongerThan(text, limit)).toBe(Buffer.byteLength(text) > limit);
      }),
    );
  });
});

describe("results and errors", () => {
  it("S2.9 S2.10 both factories say what happened, and only they are taken for outcomes", () => {
    expect(successResult("done", { n: 1 })).toMatchObject({
      kind: "completed",
      message: "done",
      data: { n: 1 },
    });
    expect(failureResult("no")).toMatchObject({
      kind: "failed",
      error: { code: "EXECUTION_FAILED", message: "no", retryable: true },
    });
    expect(isReturnedOutcome(snooze(5))).toBe(true);
    expect(isReturnedOutcome({ kind: "completed", data: 1 })).toBe(false);
  });

  it("every code has a page, and errors are known across copies of the library", () => {
    for (const page of Object.values(errorCatalogue)) {
      expect(page.meaning.length).toBeGreaterThan(10);
      expect(page.remedy.length).toBeGreaterThan(10);
    }
    expect(RotaError.isInstance(new RotaError("NOT_FOUND", "x"))).toBe(true);
    expect(RotaError.isInstance(new NonRetryableError("x"))).toBe(false);
    expect(new RetryAfterError("later", 5000).delayMs).toBe(5000);
  });
});
