// The typed HTTP client: every operation of the catalogue as a function. Runs in browsers and in Node.

import type { Calls } from "../contract/calls.ts";
import { errorOfProblem, errorOfSilence } from "../contract/problem-details.ts";
import { operationNames, routes, type Route } from "../contract/routes.ts";
import { walkable } from "./pages.ts";
import { requestOf } from "./request.ts";
import { resumedStream } from "./stream.ts";
import { newIdempotencyKey, tryOften } from "./tries.ts";

export interface ClientOptions {
  /** Address of the server, for example `http://127.0.0.1:8000`; may end in a path. */
  readonly baseUrl: string;
  /** API key, sent as `Authorization: Bearer`. */
  readonly key?: string;
  /**
   * How often a call is tried again that nobody answered, or that the server cannot take now; after a moment, or when
   * the server says. Calls that change something carry an Idempotency-Key, so that they change it once; what
   * answers with a secret, such as making an API key, is never repeated.
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

type Remote<Call> = Call extends (...input: infer Input) => infer Output
  ? (
      ...call: [...input: Input, options?: CallOptions]
    ) => Output extends Promise<infer Value> ? Answer<Value> : Output
  : never;

/** `client.tasks.create(input)` is the operation `tasks.create`, and so on for every other. */
export type Client = {
  readonly [Noun in keyof Calls]: { readonly [Verb in keyof Calls[Noun]]: Remote<Calls[Noun][Verb]> };
} & {
  /** `client.events(input)` is short for `client.events.stream(input)`. */
  readonly events: Remote<Calls["events"]["stream"]>;
};

/**
 * Makes a client for a Rota server. Lists can be awaited for one page, or walked through with `for await`. Streams are
 * walked with `for await`: each walk opens one of its own, which goes on over broken connections and restarts of the
 * server after the last thing received, and is ended by leaving the loop.
 *
 * Every function rejects with a `RotaError` that has the server's `code`, message and `details` (with `status`, and
 * `retryAfterMs` where the server said when to come back); a server that does not answer is `LEDGER_UNAVAILABLE`.
 *
 * @example
 * const rota = createClient({ baseUrl: "http://127.0.0.1:8000" });
 * for await (const run of rota.runs.list({ filter: "status:failed created>-1h" })) console.log(run.id, run.error?.message);
 * for await (const event of rota.events({ type: "run.failed" })) console.log(event.at, event.type);
 */
export function createClient(options: ClientOptions): Client {
  const client: Record<string, Record<string, unknown>> = {};
  for (const name of operationNames) {
    const [noun = "", verb = ""] = name.split(".");
    (client[noun] ??= {})[verb] = callOf(routes[name], options);
  }
  const { events } = client;
  // One function for each name of the table, which is what the type says.
  return { ...client, events: Object.assign(events?.["stream"] ?? {}, events) } as unknown as Client;
}

type Input = Readonly<Record<string, unknown>>;

function callOf(route: Route, options: ClientOptions) {
  return (input: Input = {}, call: CallOptions = {}) => {
    const { resume } = route;
    if (route.answer === "stream" && resume !== undefined) {
      const after = input[resume];
      return resumedStream({
        after: typeof after === "string" ? after : undefined,
        signal: call.signal,
        open: (id, signal) => send(route, { ...input, [resume]: id }, { ...options, signal }),
      });
    }
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
  return (await readAnswer(await send(route, input, options))) ?? null;
}

/** The answer to a request, if it is a success. */
async function send(route: Route, input: Input, options: ClientOptions & CallOptions): Promise<Response> {
  const { path, headers, body } = requestOf(route, input);
  const url = options.baseUrl.replace(/\/+$/, "") + path;
  const request = options.fetch ?? fetch;
  let response: Response;
  try {
    response = await request(url, {
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
  if (response.ok) return response;
  throw errorOfProblem(response.status, await readAnswer(response), retryAfterOf(response));
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
