// Writes the audit: an operation that changes something is not acknowledged before its row is committed.

import { RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Principal } from "../contract/principal.ts";
import { routes, type OperationName, type Route } from "../contract/routes.ts";
import { present, when } from "./present.ts";
import type { Services } from "./services.ts";

/** Texts of callers are cut: the audit keeps what names a thing, and no payload. */
const longestText = 200;

/**
 * Performs the operation and records what came of it. A refusal is recorded too, and is what the caller hears whatever
 * becomes of the record; a success whose record cannot be written is not acknowledged.
 *
 * What the embedding program does through its own methods is its own doing and is not recorded.
 */
export async function audited(
  operation: OperationName,
  input: unknown,
  by: { readonly principal: Principal; readonly services: Pick<Services, "ledger" | "clock" | "ids"> },
  act: () => Promise<unknown>,
): Promise<unknown> {
  const { principal, services } = by;
  if (principal.kind === "local" && principal.request === undefined) return act();
  const atMs = services.clock.now();
  const record = async (outcome: string, output?: unknown): Promise<void> =>
    services.ledger.audit.record(
      present({
        atMs,
        actor: principal.actor,
        apiKey: keyOf(principal, services),
        operation,
        target: targetOf(routes[operation], input, output),
        outcome,
        requestId: principal.request?.id,
        address: principal.request?.address,
      }),
    );
  let output: unknown;
  try {
    output = await act();
  } catch (error) {
    const outcome = RotaError.isInstance(error) ? error.code : "INTERNAL";
    // The ledger may be what has failed; the caller should hear of the first trouble.
    await record(outcome).catch(() => undefined);
    throw error;
  }
  await record("ok", output);
  return output;
}

function keyOf({ keyId }: Principal, { ids }: Pick<Services, "ids">): Key | undefined {
  return when(keyId, (id) => ids.decode("key", id));
}

/** What the path names, or what was made. */
function targetOf(route: Route, input: unknown, output: unknown): string | undefined {
  const field = /\{(\w+)\}/.exec(route.path)?.[1];
  const named = field === undefined ? fieldOf(output, "id") : fieldOf(input, field);
  return typeof named === "string" ? named.slice(0, longestText).toWellFormed() : undefined;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
}
