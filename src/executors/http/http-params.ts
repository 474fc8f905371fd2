// The params of `http`: what they may hold, and the request they stand for.

import type { Issue } from "../../domain/errors.ts";
import { parseDurationMs } from "../../domain/duration.ts";
import type { Json, JsonObject } from "../../domain/json.ts";

export interface HttpParams {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isExpected: (status: number) => boolean;
  readonly timeoutMs?: number;
}

const methods = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"] as const;

/** @see RFC 9110 section 9.2.2 */
const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

const statusForms: readonly JsonObject[] = [
  { type: "integer", minimum: 100, maximum: 599 },
  { type: "string", pattern: "^([1-5]xx|[1-5][0-9]{2}(-[1-5][0-9]{2})?)$" },
];

export const httpParamsSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    url: { type: "string", format: "uri", pattern: "^[hH][tT][tT][pP][sS]?://" },
    method: { type: "string", enum: [...methods], default: "GET" },
    headers: { type: "object", additionalProperties: { type: "string" } },
    query: {
      type: "object",
      description: "Added to the URL; a list repeats the name.",
      additionalProperties: {
        oneOf: [
          { type: ["string", "number", "boolean"] },
          { type: "array", items: { type: ["string", "number", "boolean"] } },
        ],
      },
    },
    body: { description: "A text is sent as it is, anything else as JSON." },
    expectStatus: {
      description: 'Statuses that mean success: 204, "2xx", "200-299", or a list of these.',
      default: "2xx",
      oneOf: [...statusForms, { type: "array", items: { oneOf: statusForms }, minItems: 1 }],
    },
    timeout: {
      type: ["string", "number"],
      description: 'Longest wait for the whole answer: "10s" or milliseconds.',
      default: "30s",
    },
  },
  required: ["url"],
  additionalProperties: false,
};

export type ReadHttp =
  | { readonly ok: true; readonly params: HttpParams }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Whether a repeat of this request does no harm, by its method. */
export function isIdempotent(params: Json): boolean {
  const method = isObject(params) ? (params["method"] ?? "GET") : "GET";
  return typeof method === "string" && idempotentMethods.has(method.toUpperCase());
}

/** Reads the params, and names every problem. */
export function readHttpParams(value: unknown): ReadHttp {
  const issues: Issue[] = [];
  const refuse = (path: string, message: string, code = "invalid"): void =>
    void issues.push({ path, code, message });
  if (!isObject(value)) {
    refuse("", "expected an object with `url`");
    return { ok: false, issues };
  }
  const known = httpParamsSchema["properties"];
  for (const key of Object.keys(value))
    if (!isObject(known) || !Object.hasOwn(known, key)) refuse(key, "unknown field", "unrecognized_key");
  const url = readUrl(value["url"], value["query"], refuse);
  const method = readMethod(value["method"], refuse);
  const headers = readHeaders(value["headers"], refuse);
  const isExpected = readExpected(value["expectStatus"], refuse);
  const timeout = value["timeout"] === undefined ? undefined : parseDurationMs(value["timeout"]);
  if (timeout && !timeout.ok) refuse("timeout", timeout.message);
  const { body } = value;
  if (body !== undefined && (method === "GET" || method === "HEAD"))
    refuse("body", `${method} carries no body`);
  if (issues.length > 0 || !isExpected) return { ok: false, issues };
  const isText = typeof body === "string";
  const type = Object.keys(headers).some((name) => name.toLowerCase() === "content-type")
    ? {}
    : { "content-type": isText ? "text/plain; charset=utf-8" : "application/json" };
  return {
    ok: true,
    params: {
      url,
      method,
      isExpected,
      headers: body === undefined ? headers : { ...type, ...headers },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      ...(timeout?.ok ? { timeoutMs: timeout.ms } : {}),
    },
  };
}

type Refuse = (path: string, message: string) => void;

function readUrl(url: unknown, query: unknown, refuse: Refuse): string {
  if (typeof url !== "string" || !URL.canParse(url) || !/^https?:/iu.test(url)) {
    refuse("url", "expected an absolute http or https URL");
    return "";
  }
  const full = new URL(url);
  if (query === undefined) return full.href;
  if (!isObject(query)) {
    refuse("query", "expected an object");
    return "";
  }
  for (const [name, values] of Object.entries(query)) {
    const list: readonly unknown[] = Array.isArray(values) ? values : [values];
    for (const part of list) {
      if (typeof part === "string" || typeof part === "number" || typeof part === "boolean")
        full.searchParams.append(name, String(part));
      else refuse(`query.${name}`, "expected a text, a number, true, false, or a list of these");
    }
  }
  return full.href;
}

function readMethod(method: unknown, refuse: Refuse): string {
  const upper = method === undefined ? "GET" : typeof method === "string" ? method.toUpperCase() : "";
  if (!methods.some((known) => known === upper)) refuse("method", `expected ${methods.join(", ")}`);
  return upper;
}

function readHeaders(headers: unknown, refuse: Refuse): Record<string, string> {
  const read: Record<string, string> = {};
  if (headers === undefined) return read;
  if (!isObject(headers)) refuse("headers", "expected an object of texts");
  else {
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === "string") read[name] = value;
      else refuse(`headers.${name}`, "expected a text");
    }
  }
  return read;
}

function readExpected(expected: unknown, refuse: Refuse): ((status: number) => boolean) | undefined {
  const parts: readonly unknown[] = Array.isArray(expected) ? expected : [expected ?? "2xx"];
  const ranges = parts.map(rangeOf);
  if (ranges.length > 0 && ranges.every((range) => range !== undefined)) {
    return (status) => ranges.some(([from, to]) => status >= from && status <= to);
  }
  refuse("expectStatus", 'expected a status such as 204, "2xx" or "200-299", or a list of these');
  return undefined;
}

function rangeOf(part: unknown): readonly [from: number, to: number] | undefined {
  const match = /^(?:([1-5])xx|([1-5]\d\d)(?:-([1-5]\d\d))?)$/u.exec(String(part));
  if (!match) return undefined;
  if (match[1] !== undefined) return [Number(match[1]) * 100, Number(match[1]) * 100 + 99];
  return [Number(match[2]), Number(match[3] ?? match[2])];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
