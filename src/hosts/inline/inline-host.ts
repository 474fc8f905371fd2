// Runs code with Rota, in its own process: fastest, and the one host that cannot end what does not end itself.

import type { Json } from "../../domain/json.ts";
import { defaultLimits, type Limits } from "../../domain/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Executor, Host, HostedRun, RunServices } from "../../ports/executor.ts";
import { LocalRunner } from "../local-run.ts";

export interface InlineHostOptions {
  readonly clock: Clock;
  /** @default the limits of `domain/limits.ts` */
  readonly limits?: Limits;
}

/**
 * `kill` resolves with `state-only` while the code is at work: it goes on until it returns, and its outcome then still
 * comes. What it throws where nobody awaits it (a timer, a lost promise) is outside any host's reach here.
 */
export class InlineHost implements Host {
  readonly isolation = "inline";
  readonly #runner: LocalRunner;

  constructor({ clock, limits = defaultLimits }: InlineHostOptions) {
    this.#runner = new LocalRunner({ nowMs: () => clock.now(), limits });
  }

  run(executor: Executor, params: Json, services: RunServices): HostedRun {
    return this.#runner.run(executor, params, services);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
