// Calls under an idempotency key: each verb's reply in its own transaction, then the answer of the whole.

import { RotaError } from "../../../domain/errors.ts";
import type { Json } from "../../../domain/json.ts";
import { rememberedMs, type RememberedCall, type RepeatableCall } from "../../../ports/call-ledger.ts";
import { json, text } from "../row.ts";
import type { Tx } from "../state/tx.ts";

/** The step under which the answer of the whole call is kept. */
const wholeCall = "";
/** What a verb replied that had nothing to reply; no JSON. */
const nothing = "";

/** One verb of a call, as the store is asked for it. */
export interface CallStep {
  readonly call: RepeatableCall;
  /** The verb's name, and which time the call asks for it. */
  readonly step: string;
}

/** Replies what the verb replied the first time; or performs it, and keeps the reply in this very transaction. */
export function once(tx: Tx, step: CallStep, act: () => unknown): unknown {
  const known = recallStep(tx, step);
  if (known !== undefined) return known.value;
  const reply = act();
  keepStep(tx, step, reply);
  return reply;
}

/** The reply that was kept: `value` is undefined where the verb had nothing to reply. */
function recallStep(tx: Tx, { call, step }: CallStep): { readonly value: Json | undefined } | undefined {
  const { scope, key, digest, nowMs } = call;
  const known = tx.sql.named("access.step").get(scope, key, step, nowMs - rememberedMs);
  if (known === undefined) return undefined;
  if (text(known, 0) !== digest) throw reused(key);
  const kept = text(known, 1);
  return { value: kept === nothing ? undefined : json(kept) };
}

function keepStep(tx: Tx, { call, step }: CallStep, reply: unknown): void {
  const { scope, key, digest, nowMs } = call;
  tx.sql.named("access.keepStep").run(scope, key, step, digest, JSON.stringify(reply) ?? nothing, nowMs);
}

export function recallPart(
  tx: Tx,
  call: RepeatableCall,
  number: number,
): { readonly value: Json } | undefined {
  const value = recallStep(tx, { call, step: partOf(number) })?.value;
  return value === undefined ? undefined : { value };
}

export function keepPart(tx: Tx, call: RepeatableCall, number: number, value: Json): void {
  keepStep(tx, { call, step: partOf(number) }, value);
}

/** No verb has this name. */
function partOf(number: number): string {
  return `part#${number}`;
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
