// Keys and their text form.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstKeyAt, IdCodec, KeyGenerator, keyTimeMs } from "./ids.ts";

const anyKey = fc.integer({ min: 4096, max: Number.MAX_SAFE_INTEGER });

describe("ids", () => {
  it("C6 are prefixed, URL-safe and come back as the key they were made from", () => {
    fc.assert(
      fc.property(anyKey, fc.nat(), (key, seed) => {
        const codec = new IdCodec(seed);
        const id = codec.encode("run", key);
        expect(id).toMatch(/^run_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
        expect(codec.decode("run", id)).toBe(key);
      }),
    );
  });

  it("sort as their keys do", () => {
    const codec = new IdCodec(7);
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        const [x, y] = [codec.encode("task", a), codec.encode("task", b)];
        expect(Math.sign(a - b)).toBe(x < y ? -1 : x > y ? 1 : 0);
      }),
    );
  });

  it("are UUIDs of version 7 underneath", () => {
    const digits = "0123456789abcdefghjkmnpqrstvwxyz";
    const text = new IdCodec(1).encode("run", firstKeyAt(1_795_000_000_000) + 5).slice(4);
    const bits = Array.from(text)
      .map((digit) => digits.indexOf(digit).toString(2).padStart(5, "0"))
      .join("")
      .slice(2);
    expect(Number.parseInt(bits.slice(0, 48), 2)).toBe(1_795_000_000_000);
    expect(bits.slice(48, 52)).toBe("0111");
    expect(bits.slice(64, 66)).toBe("10");
  });

  it("refuse another ledger's ids, another kind's, and mistyped ones", () => {
    const id = new IdCodec(1).encode("run", firstKeyAt(1_795_000_000_000));
    expect(new IdCodec(2).decode("run", id)).toBeUndefined();
    expect(new IdCodec(1).decode("task", id.replace("run", "task"))).toBeUndefined();
    expect(new IdCodec(1).decode("run", `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`)).toBeUndefined();
    for (const bad of ["", "run_", "run", "../../etc", id.toUpperCase(), `${id}0`]) {
      expect(new IdCodec(1).decode("run", bad)).toBeUndefined();
    }
  });

  it("I1 grow strictly, even when the clock goes back", () => {
    const keys = new KeyGenerator();
    let last = 0;
    for (const now of [1000, 1000, 999, 5, 1001, 1001]) {
      const key = keys.take(now, 3);
      expect(key).toBeGreaterThan(last);
      last = key + 2;
    }
    expect(keyTimeMs(firstKeyAt(1234))).toBe(1234);
  });
});
