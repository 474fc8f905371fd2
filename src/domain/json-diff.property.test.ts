// The difference of two JSON values, applied to the first, gives the second.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSameJson, type Json } from "./json.ts";
import { jsonDiff, type JsonChange } from "./json-diff.ts";

/** Applies changes as RFC 6902 says. */
function patched(before: Json, changes: readonly JsonChange[]): Json {
  const root = { root: structuredClone(before) };
  for (const change of changes) applyOne(root, change);
  return root.root;
}

function applyOne(root: { root: Json }, change: JsonChange): void {
  const steps = ["root", ...change.path.split("/").slice(1).map(unescape)];
  const last = steps.pop() ?? "";
  // Walks where the changes say that something is.
  const place = steps.reduce((at, step) => at[step] as Record<string, Json>, root as Record<string, Json>);
  if (change.op !== "add") expect(isSameJson(place[last], change.before), change.path).toBe(true);
  if (Array.isArray(place)) {
    const at = Number(last);
    if (change.op === "remove") place.splice(at, 1);
    else place.splice(at, change.op === "add" ? 0 : 1, change.value);
  } else if (change.op === "remove") delete place[last];
  else
    Object.defineProperty(place, last, {
      value: change.value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

function unescape(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

describe("the difference of two JSON values", () => {
  it("N12 turns the first into the second", () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(isSameJson(patched(before, jsonDiff(before, after)), after)).toBe(true);
      }),
    );
  });

  it("N12 is nothing between equal ones", () => {
    fc.assert(fc.property(json, (value) => jsonDiff(value, structuredClone(value)).length === 0));
  });

  it("N12 says where, what it was and what it is", () => {
    const before = { "a/b": 1, list: [1, 2, 3], same: { x: 1 }, gone: "old" };
    const after = { "a/b": 2, list: [1], same: { x: 1 }, fresh: null };
    expect(jsonDiff(before, after)).toEqual([
      { op: "replace", path: "/a~1b", before: 1, value: 2 },
      { op: "remove", path: "/list/2", before: 3 },
      { op: "remove", path: "/list/1", before: 2 },
      { op: "remove", path: "/gone", before: "old" },
      { op: "add", path: "/fresh", value: null },
    ]);
  });
});
