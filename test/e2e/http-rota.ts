// A real Rota with its HTTP server, for the tests of the REST face: every answer is held against the catalogue.

import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { createRota } from "../../src/app/create-rota.ts";
import { catalogue } from "../../src/contract/catalogue.ts";
import { localPrincipal } from "../../src/contract/principal.ts";
import { routes, operationNames, type OperationName } from "../../src/contract/routes.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createHttpServer } from "../../src/http/server.ts";
import { suspend } from "../../src/domain/outcome.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Executors that end in every way there is. */
function executors() {
  let isFlakyDone = false;
  return [
    defineExecutor({
      type: "echo",
      version: "7",
      params: z.object({ text: z.string() }),
      run: ({ text }) => ({ text }),
    }),
    defineExecutor({
      type: "talkative",
      run: (_, ctx) => {
        ctx.log.info("working", { step: 1 });
        ctx.emit({ part: 1 });
        ctx.progress({ percent: 50 });
        return "done";
      },
    }),
    defineExecutor({
      type: "throws",
      retry: { maxAttempts: 1 },
      run: () => {
        throw new Error("the printer is on fire");
      },
    }),
    defineExecutor({
      type: "flaky",
      retry: { maxAttempts: 2, delayMs: 1, jitter: "none" },
      run: () => {
        if (isFlakyDone) return "second time lucky";
        isFlakyDone = true;
        throw new Error("not yet");
      },
    }),
    defineExecutor({
      type: "hangs",
      run: (_, ctx) =>
        new Promise((_resolve, reject) =>
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error)),
        ),
    }),
    defineExecutor({
      type: "asks",
      run: (_, ctx) =>
        ctx.resumed?.answer ?? suspend({ question: { prompt: "which colour?", options: ["red", "blue"] } }),
    }),
    defineExecutor({
      type: "listens",
      run: (_, ctx) => ctx.resumed?.signal?.payload ?? suspend({ signal: "go" }),
    }),
  ];
}

export class HttpRota implements AsyncDisposable {
  readonly url: string;
  /** What the server reported as its own fault. */
  readonly faults: readonly unknown[];
  readonly #close: () => Promise<void>;

  private constructor(url: string, faults: readonly unknown[], close: () => Promise<void>) {
    this.url = url;
    this.faults = faults;
    this.#close = close;
  }

  static async start(): Promise<HttpRota> {
    const faults: unknown[] = [];
    const rota = await createRota({ database: "memory:", executors: executors(), concurrency: 50 });
    const server = createHttpServer({
      host: "127.0.0.1",
      port: 0,
      invoke: (name, input, principal) => rota.invoke(name, input, principal),
      isReady: () => rota.isDeciding,
      // Who asks as a user is bound to it, as the holder of a user's key is.
      principalOf: ({ headers }) => {
        const userId = headers["x-user"];
        return typeof userId === "string"
          ? { kind: "key", role: "operator", actor: userId, userId }
          : localPrincipal;
      },
      onFault: (error) => faults.push(error),
    });
    return new HttpRota(await server.listen(), faults, async () => {
      await server.close();
      await rota.stop({ graceMs: 0 });
    });
  }

  /** Asks; an answer of an operation must be what the catalogue says. */
  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.#ask(method, path, { body, headers: {} });
  }

  /** Edits a task as it was read. */
  async edit(taskId: string, ifMatch: string, body: unknown): Promise<Answer> {
    return this.#ask("PATCH", `/api/v1/tasks/${taskId}`, { body, headers: { "if-match": ifMatch } });
  }

  /** Asks, unless it is no longer as it was read. */
  async askIf(ifMatch: string, request: `${string} ${string}`, body?: unknown): Promise<Answer> {
    const [method = "", path = ""] = request.split(" ");
    return this.#ask(method, path, { body, headers: { "if-match": ifMatch } });
  }

  /** Asks with the key of a user. */
  async askAs(userId: string, request: `${string} ${string}`, body?: unknown): Promise<Answer> {
    const [method = "", path = ""] = request.split(" ");
    return this.#ask(method, path, { body, headers: { "x-user": userId } });
  }

  async #ask(method: string, path: string, { body, headers }: Sent): Promise<Answer> {
    const isText = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: text === "" ? {} : (JSON.parse(text) as Answer["body"]),
    };
    if (response.ok && text !== "") checkAnswer(method, path, answer.body);
    return answer;
  }

  /** Makes a task and gives its id. */
  async task(input: Readonly<Record<string, unknown>>): Promise<string> {
    const { status, body } = await this.ask("POST", "/api/v1/tasks", { name: "a task", ...input });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return String(body["id"]);
  }

  /** Triggers a task and gives the run as it ended. */
  async run(taskId: string, input?: unknown): Promise<Answer["body"]> {
    const { status, body } = await this.ask("POST", `/api/v1/tasks/${taskId}/trigger?wait=20s`, input);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  /** The run once it has reached one of these statuses. */
  runUntil(runId: string, statuses: readonly string[]): Promise<Answer["body"]> {
    return this.until(`/api/v1/runs/${runId}`, statuses);
  }

  /** What is at a path once it has reached one of these statuses. */
  async until(path: string, statuses: readonly string[]): Promise<Answer["body"]> {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(10)) {
      const { body } = await this.ask("GET", path);
      if (statuses.includes(String(body["status"]))) return body;
    }
    throw new Error(`${path} did not become ${statuses.join(" or ")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

function checkAnswer(method: string, path: string, body: unknown): void {
  const operation = operationAt(method, path);
  const parsed = operation && catalogue[operation].output.safeParse(body);
  if (parsed && !parsed.success) throw new Error(`${operation}: ${parsed.error.message}`);
  // Parsing drops what the catalogue does not know.
  if (parsed && !isDeepStrictEqual(parsed.data, body))
    throw new Error(`${operation} answers with more than the catalogue says`);
}

function operationAt(method: string, path: string): OperationName | undefined {
  const plain = path.split("?")[0] ?? path;
  return operationNames.find((name) => {
    const route = routes[name];
    return route.method === method && new RegExp(`^${route.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(plain);
  });
}
