// `http`: calls a URL and takes the answer as the result.

import { NonRetryableError, RetryAfterError, validationFailed } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import { defaultLimits, type Limits } from "../../domain/limits.ts";
import { failureResult } from "../../domain/outcome.ts";
import type { Executor, RunContext } from "../../ports/executor.ts";
import type { Outbound, OutboundResponse } from "../../ports/outbound.ts";
import { httpParamsSchema, isIdempotent, readHttpParams, type HttpParams } from "./http-params.ts";

export interface HttpExecutorOptions {
  readonly outbound: Outbound;
  /** @default the limits of `domain/limits.ts` */
  readonly limits?: Limits;
}

/** Statuses that may be better next time. */
const temporary: ReadonlySet<number> = new Set([408, 425, 429]);
/** Longest wait a server may ask for: a day. */
const longestRetryAfterMs = 86_400_000;
/** Characters of the answer told with a failure. */
const excerptLength = 1000;

/**
 * Makes the executor of type `http`. The result is `{status, headers, body}`; a JSON body is parsed, other text is text,
 * anything else is base64 with `bodyEncoding: "base64"`.
 *
 * A method that may be repeated is tried three times and again after a crash of the worker; `POST` and `PATCH` once,
 * unless the task says otherwise, and they carry the run's `Idempotency-Key`. Statuses 5xx, 408, 425 and 429, and a host
 * that cannot be reached, may be better next time, after `Retry-After` if the server says so; other unexpected statuses
 * fail at once. Redirects are not followed.
 */
export function createHttpExecutor({ outbound, limits = defaultLimits }: HttpExecutorOptions): Executor {
  return {
    type: "http",
    version: "1",
    description: "Calls a URL; the answer is the result.",
    isolation: "inline",
    onInterrupted: "repeat",
    pausable: false,
    paramsSchema: httpParamsSchema,
    retryFor: (params) => (isIdempotent(params) ? {} : { maxAttempts: 1 }),
    onInterruptedFor: (params) => (isIdempotent(params) ? "repeat" : "fail"),
    validate: (params) => {
      const read = readHttpParams(params);
      return read.ok ? { ok: true, params: params as Json } : read; // what was read came from JSON
    },
    execute: async (params, context) => {
      const read = readHttpParams(params);
      if (!read.ok) throw validationFailed(read.issues, "INVALID_PARAMETERS");
      return call(outbound, read.params, { context, limits, isRepeatable: isIdempotent(params) });
    },
  };
}

interface Circumstances {
  readonly context: RunContext;
  readonly limits: Limits;
  readonly isRepeatable: boolean;
}

async function call(
  outbound: Outbound,
  params: HttpParams,
  { context, limits, isRepeatable }: Circumstances,
): Promise<unknown> {
  const { url, method, headers, body, timeoutMs } = params;
  const response = await outbound.request({
    url,
    method,
    headers: { ...(isRepeatable ? {} : { "idempotency-key": context.idempotencyKey }), ...headers },
    ...(body === undefined ? {} : { body }),
    signal: context.signal,
    limits: { maxBytes: limits.resultBytes, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  });
  const result = resultOf(response);
  return params.isExpected(response.status) ? result : refusal(params, response, result.body);
}

interface HttpResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  readonly bodyEncoding?: "base64";
}

function resultOf({ status, headers, body }: OutboundResponse): HttpResult {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return { status, headers, body: Buffer.from(body).toString("base64"), bodyEncoding: "base64" };
  }
  return { status, headers, body: isJson(headers["content-type"]) ? parsed(text) : text };
}

function isJson(contentType = ""): boolean {
  return /^[^;]*[/+]json\s*(?:;|$)/iu.test(contentType);
}

/** What says it is JSON and is not, is text. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json; // whatever parses is JSON
  } catch {
    return text;
  }
}

function refusal({ method, url }: HttpParams, { status, headers }: OutboundResponse, body: Json): unknown {
  const { host } = new URL(url);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const message = `${method} ${host} answered ${status}`;
  const isTemporary = status >= 500 || temporary.has(status);
  const afterMs = isTemporary ? retryAfterMs(headers) : undefined;
  const details = { status, body: text.slice(0, excerptLength) };
  if (afterMs !== undefined) throw Object.assign(new RetryAfterError(message, afterMs), { details });
  if (isTemporary) return failureResult(message, { details });
  throw Object.assign(new NonRetryableError(message), { details });
}

/**
 * Milliseconds the server asks to wait. A date counts from the server's own clock, which it tells along with it.
 *
 * @see RFC 9110 section 10.2.3
 */
function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/u.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(headers["date"] ?? "");
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs);
}
