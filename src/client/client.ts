// The typed HTTP client: every operation of the catalogue as a function. Runs in browsers and in Node.

import type { Calls } from "../contract/calls.ts";
import { errorOfProblem, errorOfSilence } from "../contract/problem-details.ts";
import { operationNames, routes, type Route } from "../contract/routes.ts";
import { walkable } from "./pages.ts";
import { requestOf } from "./request.ts";
import { newIdempotencyKey, tryOften } from "./tries.ts";

export interface ClientOptions {
  /** Address of the server, for example `http://127.0.0.1:8000`; may end in a path. */
  readonly baseUrl: string;
  /** API key, sent as `Authorization: Bearer`. */
  readonly key?: string;
  /**
   * How often a call is tried again that nobody answered, or that the server cannot take now; after a moment, or when
   * the server says. Calls that change something carry an Idempotency-Key, so that they change it once; making an API
   * key, whose answer cannot be given again, is never repeated.
   *
   * @default 2
   */
  readonly retries?: number;
  /** @default the platform's `fetch` */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface CallOptions {
  /** Gives up waiting for the answer; what was asked may be done all the same. */
  readonly signal?: AbortSignal;
  /** Performed once within 24 hours, however often it is asked with this key, also by other processes. */
  readonly idempotencyKey?: string;
}

type Answer<Output> = Output extends {
  readonly items: readonly (infer Item)[];
  readonly nextCursor: string | null;
}
  ? Promise<Output> & AsyncIterable<Item>
  : Promise<Output>;

type Remote<Call> = Call extends (...input: infer Input) => Promise<infer Output>
  ? (...call: [...input: Input, options?: CallOptions]) => Answer<Output>
  : never;

/** `client.tasks.create(input)` is the operation `tasks.create`, and so on for every other. */
export type Client = {
  readonly [Noun in keyof Calls]: { readonly [Verb in keyof Calls[Noun]]: Remote<Calls[Noun][Verb]> };
};

/**
 * Makes a client for a Rota server. Lists can be awaited for one page, or walked through with `for await`.
 *
 * Every function rejects with a `RotaError` that has the server's `code`, message and `details` (with `status`, and
 * `retryAfterMs` where the server said when to come back); a server that does not answer is `LEDGER_UNAVAILABLE`.
 *
 * @example
 * const rota = createClient({ baseUrl: "http://127.0.0.1:8000" });
 * for await (const run of rota.runs.list({ status: "failed" })) console.log(run.id, run.error?.message);
 */
export function createClient(options: ClientOptions): Client {
  const client: Record<string, Record<string, unknown>> = {};
  for (const name of operationNames) {
    const [noun = "", verb = ""] = name.split(".");
    (client[noun] ??= {})[verb] = callOf(routes[name], options);
  }
  // One function for each name of the table, which is what the type says.
  return client as unknown as Client;
}

type Input = Readonly<Record<string, unknown>>;

function callOf(route: Route, options: ClientOptions) {
  return (input: Input = {}, call: CallOptions = {}) => {
    const ask = (asked: Input): Promise<unknown> => performOften(route, asked, { ...options, ...call });
    return walkable(ask(input), (cursor) => ask({ ...input, cursor }));
  };
}

function performOften(route: Route, input: Input, options: ClientOptions & CallOptions): Promise<unknown> {
  const { retries = 2, signal } = options;
  const mayRepeat = route.answersSecret !== true;
  const needsKey = route.method !== "GET" && mayRepeat && retries > 0;
  const idempotencyKey = options.idempotencyKey ?? (needsKey ? newIdempotencyKey() : undefined);
  const call = idempotencyKey === undefined ? options : { ...options, idempotencyKey };
  return tryOften(() => perform(route, input, call), {
    retries: mayRepeat ? retries : 0,
    ...(signal === undefined ? {} : { signal }),
  });
}

async function perform(route: Route, input: Input, options: ClientOptions & CallOptions): Promise<unknown> {
  const { path, headers, body } = requestOf(route, input);
  const url = options.baseUrl.replace(/\/+$/, "") + path;
  const send = options.fetch ?? fetch;
  let response: Response;
  try {
    response = await send(url, {
      method: route.method,
      headers: {
        ...headers,
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
        ...(options.idempotencyKey === undefined ? {} : { "idempotency-key": options.idempotencyKey }),
      },
      ...(body === undefined ? {} : { body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw errorOfSilence(options.baseUrl, error);
  }
  const answer = await readAnswer(response);
  if (response.ok) return answer ?? null;
  throw errorOfProblem(response.status, answer, retryAfterOf(response));
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // nothing, or a page of something between us and the server
  }
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
