// The ledger's verbs on the error inbox, asked over the channel.

import type { ErrorGroup, ErrorStatus } from "../../domain/error-group.ts";
import type { Key } from "../../domain/ids.ts";
import type { ErrorLedger, ErrorQuery } from "../../ports/error-ledger.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { Asking } from "./channel.ts";

export class ErrorClient implements ErrorLedger {
  readonly #channel: Asking;

  constructor(channel: Asking) {
    this.#channel = channel;
  }

  list(query: ErrorQuery): Promise<Page<ErrorGroup>> {
    return this.#channel.call("listErrors", [query]);
  }

  get(fingerprint: string): Promise<ErrorGroup | undefined> {
    return this.#channel.call("getError", [fingerprint]);
  }

  waiting(fingerprint: string, page: PageRequest): Promise<Page<Key>> {
    return this.#channel.call("waitingErrors", [fingerprint, page]);
  }

  mark(fingerprint: string, status: ErrorStatus): Promise<ErrorGroup | undefined> {
    return this.#channel.call("markError", [fingerprint, status]);
  }
}
