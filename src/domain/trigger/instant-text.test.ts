// Instants as text.
import fc from "fast-check";
import { expect, it } from "vitest";
import { earliestMs, latestMs } from "./civil.ts";
import { formatUtc } from "./instant-text.ts";

it("writes every instant in UTC as the platform does", () => {
  fc.assert(
    fc.property(fc.integer({ min: earliestMs, max: latestMs }), (ms) => {
      expect(formatUtc(ms)).toBe(new Date(ms).toISOString());
    }),
    { numRuns: 2000, examples: [[0], [-1], [earliestMs], [latestMs], [951_782_399_999], [951_782_400_000]] },
  );
});
