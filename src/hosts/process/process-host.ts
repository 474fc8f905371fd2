// Runs code in processes of its own: whatever it does, it can be ended and stopped for real, and nothing else is harmed.

import type { Json } from "../../domain/json.ts";
import { defaultLimits, type Limits } from "../../domain/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Executor, Host, HostedRun, RunServices } from "../../ports/executor.ts";
import type { Processes, ProgramSpec, RunningProgram } from "../../ports/processes.ts";
import { GuestPool } from "../guest-pool.ts";
import { GuestRun } from "../guest-run.ts";
import { LocalRunner } from "../local-run.ts";
import { ProcessGuest } from "./process-guest.ts";
import { Program } from "./program.ts";
import { SupervisorLink } from "./supervisor-link.ts";

export interface ProcessHostOptions {
  readonly clock: Clock;
  /** Most processes at once that perform runs; further runs wait in order. Programs are not counted. @default 8 */
  readonly maxProcesses?: number;
  /** How long a process waits for its next run before it is ended, in milliseconds. @default 60,000 */
  readonly idleMs?: number;
  /** Heap of one process in mebibytes. @default Node's own limit */
  readonly maxHeapMb?: number;
  /** @default the limits of `domain/limits.ts` */
  readonly limits?: Limits;
}

/**
 * One supervisor process starts all children; it is started with the first of them. When this process dies, by whatever
 * means, the supervisor ends them all, with everything they have started (SEM 28).
 *
 * A process serves runs of one module, one after the other, as long as each leaves nothing at work in it: a fresh one
 * takes some 100 ms to start, a used one answers in under a millisecond. What a module keeps in its variables therefore
 * lives on, as it does inline.
 *
 * An executor without a module, such as `command`, drives its processes itself: it is called here, and its controls end
 * and suspend them.
 */
export class ProcessHost implements Host, Processes {
  readonly isolation = "process";
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #supervisor = new SupervisorLink();
  readonly #pool: GuestPool;
  readonly #runner: LocalRunner;
  #seq = 0;
  #atWork = 0;

  constructor({
    clock,
    maxProcesses = 8,
    idleMs = 60_000,
    maxHeapMb,
    limits = defaultLimits,
  }: ProcessHostOptions) {
    this.#clock = clock;
    this.#limits = limits;
    this.#runner = new LocalRunner({ nowMs: () => clock.now(), limits });
    this.#pool = new GuestPool({
      clock,
      max: maxProcesses,
      idleMs,
      start: (_key, gone) =>
        new ProcessGuest({
          supervisor: this.#supervisor,
          clock,
          maxHeapMb,
          maxLogBytes: limits.logBytes,
          gone,
        }),
    });
  }

  /** The supervisor's process id, while there is one. */
  get supervisorPid(): number | undefined {
    return this.#supervisor.pid;
  }

  run(executor: Executor, params: Json, services: RunServices): HostedRun {
    if (executor.moduleUrl === undefined) return this.#runner.run(executor, params, services);
    const options = {
      pool: this.#pool,
      key: executor.moduleUrl,
      seq: ++this.#seq,
      clock: this.#clock,
      limits: this.#limits,
    };
    const run = new GuestRun({ executor, params, services }, options);
    this.#holdUntil(run.outcome);
    return run;
  }

  start(spec: ProgramSpec): RunningProgram {
    const program = new Program(spec, this.#supervisor, this.#clock);
    this.#holdUntil(program.ended);
    return program;
  }

  async close(): Promise<void> {
    await this.#pool.close();
    await this.#supervisor.close();
  }

  /** Our own process stays alive while there is work, and not for an idle supervisor. */
  #holdUntil(end: Promise<unknown>): void {
    this.#atWork++;
    this.#supervisor.hold(true);
    const release = (): void => {
      if (--this.#atWork === 0) this.#supervisor.hold(false);
    };
    end.then(release, release);
  }
}
