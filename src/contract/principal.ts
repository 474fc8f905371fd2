// Who calls: what every face hands to `invoke` beside the input.

import { reaches, type Role } from "../domain/role.ts";
import { localActor } from "../domain/run.ts";

export interface Principal {
  /** How the caller was known: `local` stands for the loopback address or the embedding process. */
  readonly kind: "local" | "key";
  readonly role: Role;
  /** Written into the audit and into `pausedBy`, `cancel` and `startedBy`. */
  readonly actor: string;
  /** Bound to this user: sees and makes only what is this user's; anything else answers `NOT_FOUND`. */
  readonly userId?: string;
  /** May perform only operations that one of these patterns means; absent: whatever the role allows. */
  readonly scopes?: readonly string[];
  /** The API key the caller came in with. */
  readonly keyId?: string;
  /** What this very call came with; absent for calls of the embedding program. */
  readonly request?: RequestFacts;
}

/** What is known of a call besides who makes it. */
export interface RequestFacts {
  /** Names the call in answers, logs and the audit. */
  readonly id: string;
  /** Where it came from, as far as that is known. */
  readonly address?: string;
  /** Performed once, however often it comes within a day (SEM 29). */
  readonly idempotencyKey?: string;
}

/** The caller on the machine itself, who may do everything. */
export const localPrincipal: Principal = { kind: "local", role: "admin", actor: localActor };

export function mayDo(principal: Principal, permission: Role): boolean {
  return reaches(principal.role, permission);
}
