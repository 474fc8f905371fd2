// The ledger's verbs on calls that may be made twice: what was done under an idempotency key, and what was answered.

import type { Json } from "../domain/json.ts";
import type { Ledger } from "./ledger.ts";

/** How long a call is remembered (SEM 29). */
export const rememberedMs = 86_400_000;

/** One call that may come again. */
export interface RepeatableCall {
  /** Who calls what: the same key of another caller, or for another operation, is another call. */
  readonly scope: string;
  readonly key: string;
  /** Of the input: the same key with another input is a mistake. */
  readonly digest: string;
  readonly nowMs: number;
}

export interface RememberedCall {
  readonly digest: string;
  /** Absent: it had begun, and its process died before there was an answer. */
  readonly answer?: Json;
}

export interface CallLedger {
  /** What is known of the call; nothing after {@link rememberedMs}. */
  recall(call: Pick<RepeatableCall, "scope" | "key" | "nowMs">): Promise<RememberedCall | undefined>;
  /** Keeps the answer of the whole call. */
  remember(call: RepeatableCall, answer: Json): Promise<void>;
  /**
   * The ledger as this call should use it: what each of its writing verbs replies is kept in that verb's own
   * transaction, and the same verb asked again under the same call replies that and changes nothing. So the call can be
   * performed again from its beginning after a crash anywhere, and what it changed is changed once. Two verbs that only
   * look are kept as well, since what they find decides what is written: `tasks.findByExternalId` and `errors.waiting`.
   *
   * Verbs are told apart by name and by how often the call has asked for them. They reject with IDEMPOTENCY_KEY_REUSED
   * when the call was begun with another digest. Slots offered to `runs.add` are not taken.
   */
  remembering(call: RepeatableCall): Ledger;
}
