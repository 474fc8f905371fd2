// What code hands out becomes JSON within its limit, or is refused.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toJson } from "./json-value.ts";

const mebibyte = 1_048_576;

describe("JSON of what code hands out", () => {
  it("keeps any JSON value as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(toJson(value, mebibyte))).toBe(JSON.stringify(value));
      }),
    );
  });

  it("hands plain data on without copying it", () => {
    const data = { list: [1, "two", null, { deep: true }] };
    expect(toJson(data, mebibyte)).toBe(data);
  });

  it("writes what JSON has a form for: dates as text, undefined as absent, NaN as null, errors by name and message", () => {
    const value = {
      at: new Date(0),
      gone: undefined,
      ratio: NaN,
      list: [undefined],
      error: new TypeError("bad"),
    };
    expect(toJson(value, mebibyte)).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      ratio: null,
      list: [null],
      error: { name: "TypeError", message: "bad" },
    });
    expect(toJson({ toJSON: () => undefined }, mebibyte)).toBeNull();
  });

  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  let tooDeep: unknown = 1;
  for (let i = 0; i < 66; i++) tooDeep = { inner: tooDeep };
  it.each([
    ["a function", () => 1],
    ["a method among data", { run: () => 1 }],
    ["a big integer", { n: 1n }],
    ["a symbol", Symbol("s")],
    ["a map, which JSON would empty", { map: new Map([[1, 2]]) }],
    ["a promise nobody awaited", { later: Promise.resolve(1) }],
    ["a cycle", cycle],
    ["100,000 levels", deep],
    ["66 levels", tooDeep],
    [
      "a getter that throws",
      {
        get bad(): never {
          throw new Error("no");
        },
      },
    ],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("no");
          },
        },
      ),
    ],
  ])("refuses %s", (_what, value) => {
    expect(() => toJson(value, mebibyte)).toThrow(
      expect.objectContaining({ code: "RESULT_NOT_SERIALIZABLE" }),
    );
  });

  it("SEM 36 takes exactly the limit and refuses one byte more, in bytes and not in characters", () => {
    expect(toJson("x".repeat(mebibyte - 2), mebibyte)).toHaveLength(mebibyte - 2);
    const tooLarge: unknown = expect.objectContaining({ code: "RESULT_TOO_LARGE", retryable: false });
    expect(() => toJson("x".repeat(mebibyte - 1), mebibyte)).toThrow(tooLarge);
    expect(toJson({ a: "漢" }, 11)).toEqual({ a: "漢" });
    expect(() => toJson({ a: "漢" }, 10)).toThrow(tooLarge);
  });

  it("refuses a gigabyte without writing its text", () => {
    const part = "x".repeat(1_000_000);
    const gigabyte = Array.from({ length: 1000 }, () => part);
    const before = process.memoryUsage().rss;
    expect(() => toJson(gigabyte, mebibyte)).toThrow(expect.objectContaining({ code: "RESULT_TOO_LARGE" }));
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it("keeps a field called __proto__ as data", () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"when":"now"}');
    expect(JSON.stringify(toJson(value, mebibyte))).toBe('{"__proto__":{"polluted":1},"when":"now"}');
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
  });
});
