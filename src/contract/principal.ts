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
}

/** The caller on the machine itself, who may do everything. */
export const localPrincipal: Principal = { kind: "local", role: "admin", actor: localActor };

export function mayDo(principal: Principal, permission: Role): boolean {
  return reaches(principal.role, permission);
}
