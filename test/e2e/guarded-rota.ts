// A real Rota whose server lets nobody in without a key, and the keys to it.
import { createRota } from "../../src/app/create-rota.ts";
import type { Rota } from "../../src/app/rota.ts";
import type { InputOf } from "../../src/contract/catalogue.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createHttpServer, type AnswerFacts, type HttpServerOptions } from "../../src/http/server.ts";

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Asked {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class GuardedRota implements AsyncDisposable {
  readonly rota: Rota;
  readonly url: string;
  readonly answers: readonly AnswerFacts[];
  readonly faults: readonly unknown[];
  readonly #close: () => Promise<void>;

  private constructor(
    parts: Pick<GuardedRota, "rota" | "url" | "answers" | "faults">,
    close: () => Promise<void>,
  ) {
    this.rota = parts.rota;
    this.url = parts.url;
    this.answers = parts.answers;
    this.faults = parts.faults;
    this.#close = close;
  }

  static async start(options: Partial<HttpServerOptions> = {}): Promise<GuardedRota> {
    const answers: AnswerFacts[] = [];
    const faults: unknown[] = [];
    const echo = defineExecutor({ type: "echo", run: () => "done" });
    const rota = await createRota({ database: "memory:", executors: [echo] });
    const server = createHttpServer({
      host: "127.0.0.1",
      port: 0,
      invoke: (name, input, principal) => rota.invoke(name, input, principal),
      gate: await rota.gatekeeper(),
      isOpen: false,
      onAnswer: (facts) => answers.push(facts),
      onFault: (error) => faults.push(error),
      ...options,
    });
    const url = await server.listen();
    return new GuardedRota({ rota, url, answers, faults }, async () => {
      await server.close();
      await rota.stop({ graceMs: 0 });
    });
  }

  /** Makes a key and gives its text. */
  async key(input: Omit<InputOf<"keys.create">, "name"> & { readonly name?: string } = {}): Promise<string> {
    return (await this.rota.keys.create({ name: "test", ...input })).key;
  }

  async ask(request: `${string} ${string}`, { key, body, headers = {} }: Asked = {}): Promise<Told> {
    const [method = "", path = ""] = request.split(" ");
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    const told = isJson ? (JSON.parse(text) as Told["body"]) : {};
    return { status: response.status, headers: response.headers, body: told };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
