// From an operation and its input to an HTTP request.

import { errorOfCall } from "../contract/problem-details.ts";
import { carriersOf, type Route } from "../contract/routes.ts";

export interface PlainRequest {
  /** Path and query; to be put behind the server's address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @throws VALIDATION_FAILED for a path field that is missing or cannot stand in a path */
export function requestOf(route: Route, input: Readonly<Record<string, unknown>>): PlainRequest {
  const carriers = carriersOf(route, Object.keys(input));
  const path = route.path.replace(/\{(\w+)\}/g, (_, field: string) => segment(field, input[field]));
  const query = queryOf(route, carriers.query, input);
  const revision = route.ifMatch === undefined ? undefined : input[route.ifMatch];
  const headers: Record<string, string> = { accept: "application/json" };
  if (typeof revision === "number") headers["if-match"] = `"${revision}"`;
  if (carriers.body.length === 0) return { path: path + query, headers };
  headers["content-type"] = "application/json";
  const body = JSON.stringify(Object.fromEntries(carriers.body.map((field) => [field, input[field]])));
  return { path: path + query, headers, body };
}

/** A URL reads dots alone as directions, even escaped; such a name would ask for something else. */
function segment(field: string, value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || value === "") throw errorOfCall(field, "is missing");
  if (value === "." || value === "..") throw errorOfCall(field, "cannot be dots alone");
  return encodeURIComponent(value);
}

function queryOf(
  { durations = [] }: Route,
  fields: readonly string[],
  input: Readonly<Record<string, unknown>>,
): string {
  const query = new URLSearchParams();
  for (const field of fields) {
    const value = input[field];
    if (value === undefined) continue;
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const unit = durations.includes(field) && typeof value === "number" ? "ms" : "";
    for (const item of items) query.append(field, `${String(item)}${unit}`);
  }
  return query.size === 0 ? "" : `?${query.toString()}`;
}
