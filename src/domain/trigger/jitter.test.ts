// The spread of due times.

import { describe, expect, it } from "vitest";
import { jitterOffsetMs } from "./jitter.ts";

describe("jitter", () => {
  it("is the same for the same task, below its width, and none without one (SEM 18)", () => {
    expect(jitterOffsetMs(1234, 30_000)).toBe(jitterOffsetMs("1234", 30_000));
    expect(jitterOffsetMs(1234, 0)).toBe(0);
    for (let key = 0; key < 1000; key++) expect(jitterOffsetMs(key, 30_000)).toBeLessThan(30_000);
  });

  it("spreads neighbouring keys evenly", () => {
    const first = Date.UTC(2027, 0) * 4096;
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n++) {
      const bucket = Math.floor(jitterOffsetMs(first + n, 1000) / 100);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
