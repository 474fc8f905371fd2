// Steps and waits of one attempt: what is finished is replayed, what is new is done once and kept (SEM 8).

import { AsyncLocalStorage } from "node:async_hooks";
import { NonRetryableError, RotaError } from "../domain/errors.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Resumed, RunServices } from "../ports/executor.ts";
import { toJson } from "./json-value.ts";
import { Suspension, type WaitRequest } from "./suspension.ts";

export type StepAct = (step: { readonly idempotencyKey: string }) => unknown;

/** How the answer of a wait is found in what the run was resumed with; undefined when it is not there. */
export type ReadAnswer = (resumed: Resumed) => Json | undefined;

/** Where a suspended run notes which of its waits it is in, and what `ctx.resumed` was before. */
const waitField = "$wait";
const earlierField = "$resumed";

/** Set while a step's own code runs, to refuse steps within steps. */
const insideStep = new AsyncLocalStorage<string>();

/**
 * Invariant: a name is counted when the call is made, not when it is performed, so that steps run together get the same
 * names in every attempt.
 */
export class DurableSteps {
  readonly #services: RunServices;
  readonly #limits: Limits;
  readonly #counts = new Map<string, number>();
  readonly #open = new Set<Promise<unknown>>();
  #finished: Promise<Map<string, Json>> | undefined;
  #suspension: Suspension | undefined;
  #isEnded = false;

  constructor(services: RunServices, limits: Limits) {
    this.#services = services;
    this.#limits = limits;
  }

  /** The wait this attempt has met, if it has. */
  get suspension(): Suspension | undefined {
    return this.#suspension;
  }

  /** Whether steps are still at work. */
  get isBusy(): boolean {
    return this.#open.size > 0;
  }

  /** Resolves when no step is at work any more, so that what they did is kept before the claim ends. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  end(): void {
    this.#isEnded = true;
  }

  step(name: string, act: StepAct): Promise<Json> {
    return this.#track(this.#step(name, act));
  }

  wait(name: string, request: WaitRequest, readAnswer: ReadAnswer): Promise<Json> {
    return this.#track(this.#wait(name, request, readAnswer));
  }

  /** Throws when the attempt is over, suspended or aborted: from then on nothing begins (SEM 9). */
  assertOpen(): void {
    if (this.#suspension) throw this.#suspension;
    this.#assertLive();
  }

  #assertLive(): void {
    if (this.#isEnded) throw new NonRetryableError("the run has ended; its context cannot be used any more");
    if (this.#services.signal.aborted) throw abortReason(this.#services.signal);
  }

  async #step(name: string, act: StepAct): Promise<Json> {
    checkStepName(name);
    const { key, occurrence } = this.#begin(name);
    const finished = await this.#load();
    const kept = finished.get(key);
    if (kept !== undefined) return kept;
    if (finished.size >= this.#limits.steps) throw tooManySteps(this.#limits.steps);
    this.#assertLive(); // loading took time; a wait met meanwhile does not stop a step that was called before it
    const idempotencyKey = `${this.#services.runId}:${name}#${occurrence}`;
    const value: unknown = await insideStep.run(key, () => act({ idempotencyKey }));
    return this.#keep(key, toJson(value, this.#limits.stepBytes));
  }

  async #wait(name: string, request: WaitRequest, readAnswer: ReadAnswer): Promise<Json> {
    const { key } = this.#begin(name);
    const kept = (await this.#load()).get(key);
    if (kept !== undefined) return kept;
    this.assertOpen(); // of waits begun together, the first is taken; the others follow when the run goes on
    const { resumed } = this.#services;
    const answer = resumed && isWaitFor(resumed.state, key) ? readAnswer(resumed) : undefined;
    if (answer !== undefined) return this.#keep(key, answer);
    this.#suspension = new Suspension({ ...request, state: stateOf(key, userResumed(resumed)) });
    throw this.#suspension;
  }

  #begin(name: string): { readonly key: string; readonly occurrence: number } {
    this.assertOpen();
    const outer = insideStep.getStore();
    if (outer !== undefined) {
      // A replayed step does not run its code: what it contains would not be counted, and later names would shift.
      throw new NonRetryableError(
        `"${name}" is called within the step "${outer}": steps and waits cannot be nested`,
      );
    }
    const occurrence = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, occurrence);
    return { key: occurrence === 1 ? name : `${name}#${occurrence}`, occurrence };
  }

  async #keep(key: string, result: Json): Promise<Json> {
    await this.#services.saveStep({ name: key, result });
    (await this.#load()).set(key, result);
    return result;
  }

  #load(): Promise<Map<string, Json>> {
    return (this.#finished ??= this.#services
      .loadSteps()
      .then((steps) => new Map(steps.map((step) => [step.name, step.result]))));
  }

  /** A rejection counts as handled: a call that is not awaited must not end the process. */
  #track(work: Promise<Json>): Promise<Json> {
    this.#open.add(work);
    const forget = (): boolean => this.#open.delete(work);
    work.then(forget, forget);
    return work;
  }
}

/** What `ctx.resumed` shows: the executor's own state, never the note of a wait. */
export function userResumed(resumed: Resumed | undefined): Resumed | undefined {
  if (!resumed || !isWaitState(resumed.state)) return resumed;
  return resumed.state[earlierField] as Resumed | undefined; // written by stateOf below
}

function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error
    ? reason
    : new RotaError("CANCELLED", "the run was told to stop", { cause: reason });
}

function stateOf(key: string, earlier: Resumed | undefined): JsonObject {
  return { [waitField]: key, ...(earlier === undefined ? {} : { [earlierField]: resumedJson(earlier) }) };
}

function resumedJson({ state, answer, signal }: Resumed): JsonObject {
  return { state, ...(answer === undefined ? {} : { answer }), ...(signal === undefined ? {} : { signal }) };
}

function isWaitState(state: Json): state is JsonObject {
  return typeof state === "object" && state !== null && waitField in state;
}

function isWaitFor(state: Json, key: string): boolean {
  return isWaitState(state) && state[waitField] === key;
}

function checkStepName(name: unknown): void {
  const isName = typeof name === "string" && name.length > 0 && name.length <= 200;
  if (isName && !name.startsWith("$") && !/#\d+$/u.test(name)) return;
  throw new NonRetryableError(
    `a step needs a name of 1 to 200 characters which neither begins with "$" nor ends in "#" and digits, got ${JSON.stringify(name)}`,
  );
}

function tooManySteps(max: number): RotaError {
  return new RotaError("PAYLOAD_TOO_LARGE", `a run may have at most ${max} steps`, { details: { max } });
}
