// The guarded HTTP client, loaded when the first request is made: a program that calls nobody does not pay for it.

import type { GuardedClientOptions } from "../outbound/guarded-client.ts";
import type { Outbound, OutboundRequest, OutboundResponse, OutboundStream } from "../ports/outbound.ts";

export class LazyOutbound implements Outbound {
  readonly #options: GuardedClientOptions;
  #client: Promise<Outbound> | undefined;

  constructor(options: GuardedClientOptions) {
    this.#options = options;
  }

  async request(request: OutboundRequest): Promise<OutboundResponse> {
    return (await this.#load()).request(request);
  }

  async open(request: OutboundRequest): Promise<OutboundStream> {
    return (await this.#load()).open(request);
  }

  #load(): Promise<Outbound> {
    this.#client ??= import("../outbound/guarded-client.ts").then(
      ({ GuardedClient }) => new GuardedClient(this.#options),
    );
    return this.#client;
  }
}
