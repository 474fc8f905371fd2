// What differs between two JSON values, as a patch that can be read: pointers, with the value before and after.

import { isSameJson, type Json } from "./json.ts";

/** One difference; `path` is a JSON Pointer. In order they are a JSON Patch (RFC 6902), with `before` beside it. */
export type JsonChange =
  | { readonly op: "add"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string; readonly before: Json }
  | { readonly op: "replace"; readonly path: string; readonly before: Json; readonly value: Json };

/** The changes that make `after` of `before`. Items of lists are compared place by place. */
export function jsonDiff(before: Json, after: Json): readonly JsonChange[] {
  const changes: JsonChange[] = [];
  compare(before, after, { path: "", changes });
  return changes;
}

interface Place {
  readonly path: string;
  readonly changes: JsonChange[];
}

function compare(before: Json, after: Json, { path, changes }: Place): void {
  if (isSameJson(before, after)) return;
  if (isList(before) && isList(after)) return compareLists(before, after, { path, changes });
  if (isRecord(before) && isRecord(after)) return compareRecords(before, after, { path, changes });
  changes.push({ op: "replace", path, before, value: after });
}

function compareRecords(
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
  { path, changes }: Place,
): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[name], after[name]];
    const field = `${path}/${escape(name)}`;
    if (old !== undefined && now !== undefined) compare(old, now, { path: field, changes });
    else if (now !== undefined) changes.push({ op: "add", path: field, value: now });
    else if (old !== undefined) changes.push({ op: "remove", path: field, before: old });
  }
}

/** The last go first, so that every pointer means what it meant before the change. */
function compareLists(before: readonly Json[], after: readonly Json[], { path, changes }: Place): void {
  const common = Math.min(before.length, after.length);
  for (const [at, old] of before.slice(0, common).entries())
    compare(old, after[at] ?? null, { path: `${path}/${at}`, changes });
  for (let at = before.length - 1; at >= common; at--)
    changes.push({ op: "remove", path: `${path}/${at}`, before: before[at] ?? null });
  for (const [at, value] of after.slice(common).entries())
    changes.push({ op: "add", path: `${path}/${common + at}`, value });
}

/** @see RFC 6901 section 3 */
function escape(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isRecord(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
