// JSON values compared by what they say.

import { describe, expect, it } from "vitest";
import { isSameJson } from "./json.ts";

describe("two JSON values", () => {
  it("are the same whatever the order of their fields, and whether absent is said or not", () => {
    expect(isSameJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1, d: undefined })).toBe(true);
    expect(isSameJson({ a: undefined }, { b: undefined })).toBe(true);
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: null }, {}],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    ["1", 1],
    [null, {}],
  ])("%j and %j are not", (a, b) => {
    expect(isSameJson(a, b)).toBe(false);
    expect(isSameJson(b, a)).toBe(false);
  });
});
