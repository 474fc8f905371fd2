// The handlers of the operations on API keys and the audit.

import { apiKeyBytes, shownApiKey, writeApiKey } from "../domain/api-key.ts";
import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { ApiKey } from "../ports/access-ledger.ts";
import type { AuditRow } from "../ports/audit-ledger.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { covers } from "../contract/scope.ts";
import type { Handlers } from "./handlers.ts";
import { pageAnswer, pageRequest } from "./page.ts";
import { present, when } from "./present.ts";
import type { Call, Services } from "./services.ts";
import { utc, utcOrNothing } from "./time-text.ts";

export const accessHandlers: Handlers<
  "keys.create" | "keys.list" | "keys.get" | "keys.revoke" | "audit.list"
> = {
  "keys.create": async ({ name, role, userId, scopes, expiresIn }, { principal, services }) => {
    refuseWiderScopes(scopes, principal.scopes);
    const { ledger, clock, secrets } = services;
    const nowMs = clock.now();
    const { text, lookup, secret } = writeApiKey({
      lookup: secrets.bytes(apiKeyBytes.lookup),
      secret: secrets.bytes(apiKeyBytes.secret),
    });
    const made = await ledger.access.createKey(
      present({
        name,
        role,
        userId,
        scopes,
        expiresAtMs: when(expiresIn, (ms) => nowMs + ms),
        lookup,
        digest: secrets.digest(secret),
        createdBy: principal.actor,
      }),
      nowMs,
    );
    return { ...keyView(made, services), key: text };
  },
  "keys.list": async (input, { services }) =>
    pageAnswer(await services.ledger.access.listKeys(pageRequest(input)), (key) => keyView(key, services)),
  "keys.get": async ({ id }, call) => {
    const found = await call.services.ledger.access.getKey(apiKey(id, call));
    if (found === undefined) throw notFound("key", id);
    return keyView(found, call.services);
  },
  "keys.revoke": async ({ id }, call) => {
    const { ledger, clock } = call.services;
    const revoked = await ledger.access.revokeKey(apiKey(id, call), call.principal.actor, clock.now());
    if (revoked === undefined) throw notFound("key", id);
    return keyView(revoked, call.services);
  },
  "audit.list": async ({ limit, cursor, from, until, ...filter }, { services }) => {
    const query = {
      ...pageRequest({ limit, cursor }),
      ...present({ ...filter, fromMs: from, untilMs: until }),
    };
    return pageAnswer(await services.ledger.audit.list(query), (row) => auditView(row, services));
  },
};

/** A key with scopes must not make one that may do more. @throws FORBIDDEN */
function refuseWiderScopes(wanted: readonly string[] | undefined, own: readonly string[] | undefined): void {
  if (own === undefined) return;
  const isWithin = wanted?.every((scope) => own.some((mine) => covers(mine, scope))) ?? false;
  if (isWithin) return;
  throw new RotaError("FORBIDDEN", "this key has scopes, and may make keys with scopes of its own only", {
    details: { scopes: own },
  });
}

/** @throws NOT_FOUND */
function apiKey(id: string, { services }: Call): Key {
  const key = services.ids.decode("key", id);
  if (key === undefined) throw notFound("key", id);
  return key;
}

function keyView(key: ApiKey, { ids, clock }: Services): OutputOf<"keys.get"> {
  return present({
    id: ids.encode("key", key.key),
    name: key.name,
    role: key.role,
    userId: key.userId,
    scopes: key.scopes,
    shown: shownApiKey(key.lookup),
    status: statusOf(key, clock.now()),
    createdAt: utc(key.createdAtMs),
    createdBy: key.createdBy,
    expiresAt: utcOrNothing(key.expiresAtMs),
    revokedAt: utcOrNothing(key.revokedAtMs),
    revokedBy: key.revokedBy,
    lastUsedAt: utcOrNothing(key.lastUsedAtMs),
  });
}

function statusOf({ revokedAtMs, expiresAtMs }: ApiKey, nowMs: number): "active" | "expired" | "revoked" {
  if (revokedAtMs !== undefined) return "revoked";
  return expiresAtMs !== undefined && expiresAtMs <= nowMs ? "expired" : "active";
}

function auditView(row: AuditRow, { ids }: Services): OutputOf<"audit.list">["items"][number] {
  return present({
    at: utc(row.atMs),
    actor: row.actor,
    keyId: when(row.apiKey, (key) => ids.encode("key", key)),
    operation: row.operation,
    target: row.target,
    outcome: row.outcome,
    requestId: row.requestId,
    address: row.address,
  });
}
