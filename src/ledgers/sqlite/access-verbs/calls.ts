// Calls under an idempotency key: each verb's reply in its own transaction, then the answer of the whole.

import { RotaError } from "../../../domain/errors.ts";
import type { Json } from "../../../domain/json.ts";
import { rememberedMs, type RememberedCall, type RepeatableCall } from "../../../ports/call-ledger.ts";
import { json, text } from "../row.ts";
import type { Tx } from "../state/tx.ts";

/** The step under which the answer of the whole call is kept. */
const wholeCall = "";

/** One verb of a call, as the store is asked for it. */
export interface CallStep {
  readonly call: RepeatableCall;
  /** The verb's name, and which time the call asks for it. */
  readonly step: string;
}

/** Replies what the verb replied the first time; or performs it, and keeps the reply in this very transaction. */
export function once(tx: Tx, { call, step }: CallStep, act: () => unknown): unknown {
  const { scope, key, digest, nowMs } = call;
  const known = tx.sql.named("access.step").get(scope, key, step, nowMs - rememberedMs);
  if (known !== undefined) {
    if (text(known, 0) !== digest) throw reused(key);
    // A verb that replies nothing is kept as null, which none replies.
    return json(text(known, 1)) ?? undefined;
  }
  const reply = act();
  tx.sql.named("access.keepStep").run(scope, key, step, digest, JSON.stringify(reply ?? null), nowMs);
  return reply;
}

export function recallCall(
  tx: Tx,
  { scope, key, nowMs }: Pick<RepeatableCall, "scope" | "key" | "nowMs">,
): RememberedCall | undefined {
  const row = tx.sql.named("access.call").get(scope, key, nowMs - rememberedMs);
  if (row === undefined) return undefined;
  const digest = text(row, 1);
  return text(row, 0) === wholeCall ? { digest, answer: json(text(row, 2)) } : { digest };
}

export function rememberCall(tx: Tx, { scope, key, digest, nowMs }: RepeatableCall, answer: Json): void {
  tx.sql.named("access.keepStep").run(scope, key, wholeCall, digest, JSON.stringify(answer), nowMs);
  tx.sql.named("access.dropSteps").run(scope, key);
}

function reused(key: string): RotaError {
  return new RotaError("IDEMPOTENCY_KEY_REUSED", `the Idempotency-Key ${key} was used for another request`);
}
