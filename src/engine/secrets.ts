// Gives runs the secrets their params refer to, and keeps these out of all they say (SEM 31).

import type { Json } from "../domain/json.ts";
import type { Outcome, RunError } from "../domain/outcome.ts";
import { fillSecrets, findSecrets, Redactor } from "../domain/secret.ts";
import type { TaskDefinition } from "../domain/task.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClaimedRun } from "../ports/run-ledger.ts";
import type { SecretProvider } from "../ports/secret-provider.ts";

/** A provider that is silent for longer fails the attempt: it must not hold a slot for ever. */
const longestWaitMs = 10_000;

export type Revealed =
  | { readonly ok: true; readonly params: Json; readonly redactor: Redactor }
  | { readonly ok: false; readonly error: RunError };

export class Secrets {
  readonly #provider: SecretProvider;
  readonly #clock: Clock;
  /** Definitions are shared objects, looked through once. */
  readonly #hasSecrets = new WeakMap<TaskDefinition, boolean>();

  constructor(provider: SecretProvider, clock: Clock) {
    this.#provider = provider;
    this.#clock = clock;
  }

  /** Whether a run's params refer to any: cheap, since it is asked for every run. */
  areIn({ params, definition }: Pick<ClaimedRun, "params" | "definition">): boolean {
    if (params !== undefined) return params.includes('"$secret"');
    let has = this.#hasSecrets.get(definition);
    if (has === undefined) {
      has = findSecrets(definition.params).found.length > 0;
      this.#hasSecrets.set(definition, has);
    }
    return has;
  }

  /** The params with the secrets in their places; never rejects. */
  async reveal(params: Json): Promise<Revealed> {
    const known = new Map<string, string>();
    for (const { name } of findSecrets(params).found) {
      if (known.has(name)) continue;
      const text = await this.#ask(name);
      if (typeof text !== "string") return { ok: false, error: text ?? missing(name) };
      known.set(name, text);
    }
    return {
      ok: true,
      params: fillSecrets(params, (name) => known.get(name) ?? ""),
      redactor: new Redactor(known),
    };
  }

  async #ask(name: string): Promise<string | RunError | undefined> {
    let giveUp = (): void => undefined;
    const silence = new Promise<RunError>((resolve) => {
      giveUp = this.#clock.after(longestWaitMs, () => resolve(unknowable(name, "it did not answer in 10 s")));
    });
    try {
      return await Promise.race([Promise.resolve(this.#provider(name)), silence]);
    } catch {
      // What it threw may hold what must not be told.
      return unknowable(name, "it failed");
    } finally {
      giveUp();
    }
  }
}

function missing(name: string): RunError {
  return {
    code: "SECRET_NOT_FOUND",
    message: `the worker knows no secret ${name}; set ROTA_SECRET_${name} for it`,
    retryable: false,
    details: { name },
  };
}

/** Unlike a secret that is not there, a provider that is away may be back for the next attempt. */
function unknowable(name: string, why: string): RunError {
  return {
    code: "SECRET_NOT_FOUND",
    message: `the provider of secrets could not be asked for ${name}: ${why}`,
    retryable: true,
    details: { name },
  };
}

/** What an attempt reports, without the secrets it was given. */
export function redacted(outcome: Outcome, redactor: Redactor): Outcome {
  switch (outcome.kind) {
    case "completed":
      return { ...outcome, ...spoken(outcome, redactor), data: redactor.json(outcome.data) };
    case "failed":
      return {
        ...outcome,
        ...spoken(outcome, redactor),
        error: cleanError(outcome.error, redactor),
        ...(outcome.data === undefined ? {} : { data: redactor.json(outcome.data) }),
      };
    case "timed-out":
      return { ...outcome, error: cleanError(outcome.error, redactor) };
    case "snoozed":
      return outcome.reason === undefined ? outcome : { ...outcome, reason: redactor.text(outcome.reason) };
    case "suspended":
      return {
        ...outcome,
        ...(outcome.state === undefined ? {} : { state: redactor.json(outcome.state) }),
        ...(outcome.question === undefined
          ? {}
          : { question: { ...outcome.question, prompt: redactor.text(outcome.question.prompt) } }),
      };
    case "aborted":
    case "interrupted":
      return outcome;
  }
}

function spoken(
  { message, metadata }: Extract<Outcome, { kind: "completed" | "failed" }>,
  redactor: Redactor,
) {
  return {
    ...(message === undefined ? {} : { message: redactor.text(message) }),
    ...(metadata === undefined ? {} : { metadata: redactor.json(metadata) }),
  };
}

function cleanError(error: RunError, redactor: Redactor): RunError {
  return {
    ...error,
    message: redactor.text(error.message),
    ...(error.details === undefined ? {} : { details: redactor.json(error.details) }),
    ...(error.stack === undefined ? {} : { stack: redactor.text(error.stack) }),
  };
}
