// What a host and the thread or process that runs code for it say to each other; all of it is plain JSON.

import { RotaError, type ErrorCode, type RotaErrorOptions } from "../domain/errors.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { LogLevel, Resumed } from "../ports/executor.ts";

/** Facts about the run, which do not change while an attempt is at work. */
export interface RunFacts {
  readonly runId: string;
  readonly taskId: string;
  readonly type: string;
  readonly attempt: number;
  readonly scheduledForMs?: number;
  readonly resumed?: Resumed;
}

/** An error on its way across; becomes an Error again on the other side. */
export interface CarriedError {
  readonly name: string;
  readonly message: string;
  /** Present for Rota's own errors. */
  readonly rota?: { readonly code: ErrorCode; readonly retryable: boolean; readonly details: JsonObject };
}

/** Every message names the run it is about by `seq`: a thread or process serves one after the other. */
export type ToGuest =
  | {
      readonly kind: "run";
      readonly seq: number;
      readonly moduleUrl: string;
      readonly executorType: string;
      readonly params: Json;
      readonly facts: RunFacts;
      readonly limits: Limits;
      /** Ledger time when this was sent: a guest has no clock of its own. */
      readonly nowMs: number;
    }
  | { readonly kind: "abort"; readonly seq: number; readonly reason: CarriedError }
  | { readonly kind: "reply"; readonly seq: number; readonly call: number; readonly value: Json }
  | { readonly kind: "refusal"; readonly seq: number; readonly call: number; readonly error: CarriedError };

export const guestVerbs = ["loadSteps", "saveStep", "checkpoint"] as const;
export type GuestVerb = (typeof guestVerbs)[number];

export type FromGuest =
  | {
      readonly kind: "outcome";
      readonly seq: number;
      readonly outcome: Outcome;
      /** Whether nothing of the run is left behind, so that the next may run in the same place. */
      readonly isClean: boolean;
    }
  | {
      readonly kind: "log";
      readonly seq: number;
      readonly level: LogLevel;
      readonly message: string;
      readonly fields?: JsonObject;
    }
  | { readonly kind: "progress"; readonly seq: number; readonly value: Json }
  | { readonly kind: "emit"; readonly seq: number; readonly value: Json }
  | {
      readonly kind: "call";
      readonly seq: number;
      readonly call: number;
      readonly verb: GuestVerb;
      readonly argument: Json;
    };

export function carry(error: unknown): CarriedError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  if (!RotaError.isInstance(error)) return { name, message };
  // Details are JSON by their contract; what is not is left out on the way.
  const details = JSON.parse(JSON.stringify(error.details)) as JsonObject;
  return { name, message, rota: { code: error.code, retryable: error.retryable, details } };
}

export function revive({ name, message, rota }: CarriedError): Error {
  if (rota) {
    const options: RotaErrorOptions = { retryable: rota.retryable, details: rota.details };
    return new RotaError(rota.code, message, options);
  }
  return Object.assign(new Error(message), { name });
}

const fromGuestKinds: readonly unknown[] = [
  "outcome",
  "log",
  "progress",
  "emit",
  "call",
] satisfies FromGuest["kind"][];

/** Reads what a guest sent; undefined when it is none of our messages (the channel is within reach of user code). */
export function readFromGuest(value: unknown): FromGuest | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("seq" in value))
    return undefined;
  if (!fromGuestKinds.includes(value.kind) || typeof value.seq !== "number") return undefined;
  return value as FromGuest; // the kind is ours: the rest was written by guest-main.ts
}
