// The ledger's verbs on keys and sessions, asked over the channel.

import type { Key } from "../../domain/ids.ts";
import type { AccessLedger, ApiKey, NewApiKey, NewSession } from "../../ports/access-ledger.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { Asking } from "./channel.ts";

export class AccessClient implements AccessLedger {
  readonly #channel: Asking;

  constructor(channel: Asking) {
    this.#channel = channel;
  }

  createKey(key: NewApiKey, nowMs: number): Promise<ApiKey> {
    return this.#channel.call("createKey", [key, nowMs]);
  }

  getKey(key: Key): Promise<ApiKey | undefined> {
    return this.#channel.call("getKey", [key]);
  }

  listKeys(page: PageRequest): Promise<Page<ApiKey>> {
    return this.#channel.call("listKeys", [page]);
  }

  findKey(lookup: string): Promise<(ApiKey & { readonly digest: string }) | undefined> {
    return this.#channel.call("findKey", [lookup]);
  }

  hasUsableKey(nowMs: number): Promise<boolean> {
    return this.#channel.call("hasUsableKey", [nowMs]);
  }

  revokeKey(key: Key, actor: string, nowMs: number): Promise<ApiKey | undefined> {
    return this.#channel.call("revokeKey", [key, actor, nowMs]);
  }

  noteUse(key: Key, nowMs: number): Promise<void> {
    return this.#channel.call("noteKeyUse", [key, nowMs]);
  }

  openSession(session: NewSession, nowMs: number): Promise<void> {
    return this.#channel.call("openSession", [session, nowMs]);
  }

  findSession(digest: string, nowMs: number): Promise<ApiKey | undefined> {
    return this.#channel.call("findSession", [digest, nowMs]);
  }

  closeSession(digest: string): Promise<void> {
    return this.#channel.call("closeSession", [digest]);
  }
}
