// Tells who somebody is by what they show: an API key, or the token of a session that was opened with one.

import { base32, readApiKey } from "../domain/api-key.ts";
import { RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { ApiKey } from "../ports/access-ledger.ts";
import type { Principal, RequestFacts } from "../contract/principal.ts";
import { present } from "./present.ts";
import type { Services } from "./services.ts";
import { utc } from "./time-text.ts";

/** A session is over after this, used or not. */
const sessionMs = 7 * 86_400_000;
const tokenBytes = 32;
/** The last use of a key is told to the minute: one write a minute, however busy the key. */
const noteUseEveryMs = 60_000;

export interface OpenedSession {
  /** Kept nowhere but by the caller. */
  readonly token: string;
  readonly expiresAtMs: number;
  readonly maxAgeSeconds: number;
  readonly principal: Principal;
}

export class Gatekeeper {
  readonly #services: Pick<Services, "ledger" | "clock" | "ids" | "secrets">;
  readonly #notedAtMs = new Map<Key, number>();

  constructor(services: Pick<Services, "ledger" | "clock" | "ids" | "secrets">) {
    this.#services = services;
  }

  /** @throws UNAUTHENTICATED: mistyped, unknown, revoked, expired */
  async byKey(text: string): Promise<Principal> {
    return this.#admit(await this.#keyOf(text));
  }

  /** @throws UNAUTHENTICATED: unknown, closed or over, or its key was revoked or has expired */
  async bySession(token: string): Promise<Principal> {
    const { ledger, clock, secrets } = this.#services;
    const key = await ledger.access.findSession(secrets.digest(token), clock.now());
    if (key === undefined) throw refusal("the session is over; sign in again");
    return this.#admit(key);
  }

  /** Opens a session, which the audit tells. @throws UNAUTHENTICATED as {@link byKey} */
  async signIn(text: string, request: RequestFacts): Promise<OpenedSession> {
    const { ledger, clock, secrets } = this.#services;
    const apiKey = await this.#keyOf(text);
    const principal = this.#admit(apiKey);
    const nowMs = clock.now();
    const token = base32(secrets.bytes(tokenBytes));
    const expiresAtMs = Math.min(nowMs + sessionMs, apiKey.expiresAtMs ?? Infinity);
    const session = { digest: secrets.digest(token), key: apiKey.key, expiresAtMs };
    await Promise.all([
      ledger.access.openSession(session, nowMs),
      ledger.audit.record(
        present({
          atMs: nowMs,
          actor: principal.actor,
          apiKey: apiKey.key,
          operation: "session.open",
          outcome: "ok",
          requestId: request.id,
          address: request.address,
        }),
      ),
    ]);
    return { token, expiresAtMs, maxAgeSeconds: Math.ceil((expiresAtMs - nowMs) / 1000), principal };
  }

  /** The token lets nobody in any more; an unknown one is no error. */
  async signOut(token: string): Promise<void> {
    await this.#services.ledger.access.closeSession(this.#services.secrets.digest(token));
  }

  /** Whether there is any key that would let somebody in now. */
  async hasUsableKey(): Promise<boolean> {
    return this.#services.ledger.access.hasUsableKey(this.#services.clock.now());
  }

  async #keyOf(text: string): Promise<ApiKey> {
    const read = readApiKey(text);
    if (!read.ok) throw refusal(read.message);
    const { ledger, secrets } = this.#services;
    const found = await ledger.access.findKey(read.key.lookup);
    const digest = secrets.digest(read.key.secret);
    // Compared also when there is none, so that the time does not tell which keys exist.
    const isRight = secrets.isEqual(found?.digest ?? secrets.digest(""), digest);
    if (found === undefined || !isRight) throw refusal("the API key is not known here");
    return found;
  }

  #admit(apiKey: ApiKey): Principal {
    const { clock, ids } = this.#services;
    const nowMs = clock.now();
    const { key, role, name, userId, scopes, revokedAtMs, expiresAtMs } = apiKey;
    if (revokedAtMs !== undefined) throw refusal(`the API key was revoked at ${utc(revokedAtMs)}`);
    if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
      throw refusal(`the API key expired at ${utc(expiresAtMs)}`);
    }
    this.#noteUse(key, nowMs);
    const actor = userId ?? `key:${name}`;
    const keyId = ids.encode("key", key);
    return { kind: "key", role, actor, keyId, ...present({ userId, scopes }) };
  }

  /** Nobody waits for it, and nothing depends on it. */
  #noteUse(key: Key, nowMs: number): void {
    if (nowMs - (this.#notedAtMs.get(key) ?? -Infinity) < noteUseEveryMs) return;
    this.#notedAtMs.set(key, nowMs);
    this.#services.ledger.access.noteUse(key, nowMs).catch(() => this.#notedAtMs.delete(key));
  }
}

function refusal(message: string): RotaError {
  return new RotaError("UNAUTHENTICATED", message);
}
