// Runs code in this very process: the hot path, so nothing is allocated that a run does not need.

import type { Json } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Executor, HostedRun, RunServices } from "../ports/executor.ts";
import { runControls, type RunControls } from "../ports/run-controls.ts";
import {
  completedEmpty,
  outcomeOfAbort,
  outcomeOfSuspension,
  outcomeOfThrown,
  outcomeOfValue,
} from "./outcome-of.ts";
import { HostedContext } from "./run-context.ts";
import { Suspension } from "./suspension.ts";

export interface LocalRunnerOptions {
  /** Ledger time. */
  readonly nowMs: () => number;
  readonly limits: Limits;
}

/** Calls the executor at once; code that returns without awaiting has ended when this returns. */
export class LocalRunner {
  readonly #nowMs: () => number;
  readonly #limits: Limits;

  constructor({ nowMs, limits }: LocalRunnerOptions) {
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  run(executor: Executor, params: Json, services: RunServices): HostedRun {
    const context = new HostedContext(services, this.#limits);
    let value: unknown;
    try {
      value = executor.execute(params, context);
    } catch (thrown) {
      return this.#now(context, services, new Thrown(thrown));
    }
    if (typeof value !== "object" || value === null || !isThenable(value))
      return this.#now(context, services, value);
    return this.#later(context, services, value);
  }

  /** The code has returned or thrown already. */
  #now(context: HostedContext, services: RunServices, ending: unknown): HostedRun {
    const busy = context.settled();
    if (busy)
      return new LiveRun(
        busy.then(() => this.#outcome(context, services, ending)),
        undefined,
      );
    const outcome = this.#outcome(context, services, ending);
    return outcome === completedEmpty ? endedEmpty : new EndedRun(Promise.resolve(outcome));
  }

  #later(context: HostedContext, services: RunServices, value: PromiseLike<unknown>): HostedRun {
    const finish = (ending: unknown): Outcome | Promise<Outcome> => {
      const busy = context.settled();
      return busy
        ? busy.then(() => this.#outcome(context, services, ending))
        : this.#outcome(context, services, ending);
    };
    const outcome = Promise.resolve(value).then(finish, (thrown: unknown) => finish(new Thrown(thrown)));
    return new LiveRun(outcome, controlsOf(value));
  }

  #outcome(context: HostedContext, services: RunServices, ending: unknown): Outcome {
    const { suspension } = context;
    const outcome = suspension
      ? this.#suspended(suspension, services, ending)
      : ending instanceof Thrown
        ? outcomeOfThrown(ending.thrown, services.signal)
        : outcomeOfValue(ending, this.#limits.resultBytes);
    context.end();
    return outcome;
  }

  #suspended(suspension: Suspension, services: RunServices, ending: unknown): Outcome {
    if (services.signal.aborted) return outcomeOfAbort(services.signal);
    if (!(ending instanceof Thrown && Suspension.isInstance(ending.thrown))) {
      services.log(
        "warn",
        "the code caught the error by which a wait leaves it; what it did afterwards is dropped",
      );
    }
    return outcomeOfSuspension(suspension, this.#nowMs());
  }
}

/** Tells a thrown value from a returned one. */
class Thrown {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

class EndedRun implements HostedRun {
  readonly outcome: Promise<Outcome>;

  constructor(outcome: Promise<Outcome>) {
    this.outcome = outcome;
  }

  kill(): Promise<"killed"> {
    return Promise.resolve("killed");
  }

  suspend(): Promise<boolean> {
    return Promise.resolve(false);
  }

  continue(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

/** One for all runs that ended at once without data: it holds nothing of any of them. */
const endedEmpty: HostedRun = new EndedRun(Promise.resolve(completedEmpty));

class LiveRun implements HostedRun {
  readonly outcome: Promise<Outcome>;
  readonly #controls: RunControls | undefined;
  #isEnded = false;

  constructor(outcome: Promise<Outcome>, controls: RunControls | undefined) {
    this.#controls = controls;
    this.outcome = outcome.then((value) => {
      this.#isEnded = true;
      return value;
    });
  }

  async kill(): Promise<"killed" | "state-only"> {
    if (this.#isEnded) return "killed";
    if (!this.#controls) return "state-only";
    await this.#controls.kill();
    return "killed";
  }

  suspend(): Promise<boolean> {
    return this.#isEnded || !this.#controls ? Promise.resolve(false) : this.#controls.suspend();
  }

  continue(): Promise<boolean> {
    return this.#isEnded || !this.#controls ? Promise.resolve(false) : this.#controls.continue();
  }
}

function isThenable(value: object): value is PromiseLike<unknown> {
  try {
    return "then" in value && typeof value.then === "function";
  } catch {
    return false;
  }
}

function controlsOf(value: object): RunControls | undefined {
  if (!(runControls in value)) return undefined;
  return value[runControls] as RunControls; // only our own executors write this symbol
}
