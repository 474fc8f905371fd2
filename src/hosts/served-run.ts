// The host's half of a run that is performed elsewhere: sends it off and answers what the guest asks.

import type { Json } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Executor, RunServices, StepRecord } from "../ports/executor.ts";
import { carry, type FromGuest, type GuestVerb, type RunFacts, type ToGuest } from "./channel.ts";

export interface Ended {
  readonly outcome: Outcome;
  /** Whether the next run may take its place. */
  readonly isClean: boolean;
}

export class ServedRun {
  readonly #seq: number;
  readonly #services: RunServices;
  readonly #post: (message: ToGuest) => void;

  constructor(seq: number, services: RunServices, post: (message: ToGuest) => void) {
    this.#seq = seq;
    this.#services = services;
    this.#post = post;
  }

  start(
    executor: Executor,
    params: Json,
    { limits, nowMs }: { readonly limits: Limits; readonly nowMs: number },
  ): void {
    this.#post({
      kind: "run",
      seq: this.#seq,
      moduleUrl: executor.moduleUrl ?? "",
      executorType: executor.type,
      params,
      facts: factsOf(this.#services),
      limits,
      nowMs,
    });
  }

  abort(): void {
    this.#post({ kind: "abort", seq: this.#seq, reason: carry(this.#services.signal.reason) });
  }

  /** Takes what the guest says; the end of the run is returned. What concerns another run is dropped. */
  receive(message: FromGuest): Ended | undefined {
    if (message.seq !== this.#seq) return undefined;
    switch (message.kind) {
      case "outcome":
        return { outcome: message.outcome, isClean: message.isClean };
      case "log":
        if (message.fields === undefined) this.#services.log(message.level, message.message);
        else this.#services.log(message.level, message.message, message.fields);
        return undefined;
      case "progress":
        this.#services.progress(message.value);
        return undefined;
      case "emit":
        this.#services.emit(message.value);
        return undefined;
      case "call":
        this.#answer(message);
        return undefined;
    }
  }

  #answer({ call, verb, argument }: Extract<FromGuest, { kind: "call" }>): void {
    const seq = this.#seq;
    this.#perform(verb, argument).then(
      (value) => this.#post({ kind: "reply", seq, call, value }),
      (error: unknown) => this.#post({ kind: "refusal", seq, call, error: carry(error) }),
    );
  }

  async #perform(verb: GuestVerb, argument: Json): Promise<Json> {
    switch (verb) {
      case "loadSteps":
        return (await this.#services.loadSteps()).map(({ name, result }) => ({ name, result }));
      case "saveStep":
        await this.#services.saveStep(argument as unknown as StepRecord); // written by RemoteServices
        return null;
      case "checkpoint":
        await this.#services.checkpoint();
        return null;
    }
  }
}

function factsOf({ runId, taskId, type, attempt, scheduledForMs, resumed }: RunServices): RunFacts {
  return {
    runId,
    taskId,
    type,
    attempt,
    ...(scheduledForMs === undefined ? {} : { scheduledForMs }),
    ...(resumed === undefined ? {} : { resumed }),
  };
}
