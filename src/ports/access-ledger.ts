// The ledger's verbs on who may come in: API keys, and the sessions that were opened with them.

import type { Key } from "../domain/ids.ts";
import type { Role } from "../domain/role.ts";
import type { Page, PageRequest } from "./page.ts";

/** What a key allows. */
export interface ApiKeyGrant {
  readonly name: string;
  readonly role: Role;
  /** Bound to this user: sees and makes only what is this user's. */
  readonly userId?: string;
  /** Patterns of operation names, such as `tasks.*`; absent: whatever the role allows. */
  readonly scopes?: readonly string[];
  readonly expiresAtMs?: number;
}

export interface NewApiKey extends ApiKeyGrant {
  /** The part of the key's text that finds it; unique. */
  readonly lookup: string;
  /** Of the secret, which itself is stored nowhere. */
  readonly digest: string;
  readonly createdBy: string;
}

export interface ApiKey extends ApiKeyGrant {
  readonly key: Key;
  readonly lookup: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly revokedAtMs?: number;
  readonly revokedBy?: string;
  /** To the minute. */
  readonly lastUsedAtMs?: number;
}

export interface NewSession {
  readonly digest: string;
  readonly key: Key;
  readonly expiresAtMs: number;
}

export interface AccessLedger {
  createKey(key: NewApiKey, nowMs: number): Promise<ApiKey>;
  getKey(key: Key): Promise<ApiKey | undefined>;
  /** Newest first; revoked and expired ones too. */
  listKeys(page: PageRequest): Promise<Page<ApiKey>>;
  /** By the public part of its text, whatever state it is in. */
  findKey(lookup: string): Promise<(ApiKey & { readonly digest: string }) | undefined>;
  /** Whether any key would let somebody in now. */
  hasUsableKey(nowMs: number): Promise<boolean>;
  /** For good, with all its sessions; a second time changes nothing. */
  revokeKey(key: Key, actor: string, nowMs: number): Promise<ApiKey | undefined>;
  noteUse(key: Key, nowMs: number): Promise<void>;
  openSession(session: NewSession, nowMs: number): Promise<void>;
  /** The key a session was opened with; undefined when the session is unknown, closed or over. */
  findSession(digest: string, nowMs: number): Promise<ApiKey | undefined>;
  closeSession(digest: string): Promise<void>;
}
