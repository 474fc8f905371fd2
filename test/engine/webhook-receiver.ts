// A real HTTP server that receives webhooks and misbehaves as it is told.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly message: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
  readonly response: ServerResponse;
}

/** What to do with a request; unless it answers, the sender waits. */
export type Behaviour = (received: Received, n: number) => void;

export const answer =
  (status: number, body = "", headers: Record<string, string> = {}): Behaviour =>
  ({ response }) => {
    response.writeHead(status, headers);
    response.end(body);
  };

export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  behave: Behaviour;
  readonly #server: Server;
  readonly #watchers = new Set<() => void>();

  private constructor(behave: Behaviour, server: Server) {
    this.behave = behave;
    this.#server = server;
    server.on("request", (request, response) => void this.#receive(request, response));
  }

  static async start(behave: Behaviour = answer(204)): Promise<Receiver> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Receiver(behave, server);
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}/hook`;
  }

  /** Everything received, once it is so many. */
  async until(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.#watchers.add(resolve));
    return this.received;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const headers = request.headers as Record<string, string>; // none of ours comes twice
    const message = JSON.parse(body) as Received["message"]; // looked at by assertions
    const received = { headers, body, message, response };
    this.received.push(received);
    this.behave(received, this.received.length);
    for (const watch of this.#watchers) watch();
    this.#watchers.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
