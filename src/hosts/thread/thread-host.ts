// Runs code in threads of this process: what blocks does not block Rota, and force really ends it.

import { Worker } from "node:worker_threads";
import type { Json } from "../../domain/json.ts";
import { defaultLimits, type Limits } from "../../domain/limits.ts";
import type { RunError } from "../../domain/outcome.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Executor, Host, HostedRun, RunServices } from "../../ports/executor.ts";
import { readFromGuest, type ToGuest } from "../channel.ts";
import { GuestPool, type Guest, type GuestListener } from "../guest-pool.ts";
import { GuestRun } from "../guest-run.ts";
import { besideModule } from "../own-module.ts";
import { runErrorOf } from "../run-error.ts";
import { threadExecArgv } from "./thread-exec-argv.ts";

export interface ThreadHostOptions {
  readonly clock: Clock;
  /** Most threads at once; further runs wait in order. @default 8 */
  readonly maxThreads?: number;
  /** How long a thread waits for its next run before it is ended, in milliseconds. @default 60,000 */
  readonly idleMs?: number;
  /** Heap of one thread in mebibytes; what needs more fails, and only its run. @default Node's own limit */
  readonly maxHeapMb?: number;
  /** @default the limits of `domain/limits.ts` */
  readonly limits?: Limits;
}

/**
 * A thread serves one run at a time, and the next when the one before left nothing at work in it. Threads share the
 * process: `process.exit()` ends only the thread, but a crash of native code ends everything; use `process` for that.
 */
export class ThreadHost implements Host {
  readonly isolation = "thread";
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #pool: GuestPool;
  #seq = 0;

  constructor({
    clock,
    maxThreads = 8,
    idleMs = 60_000,
    maxHeapMb,
    limits = defaultLimits,
  }: ThreadHostOptions) {
    this.#clock = clock;
    this.#limits = limits;
    const start = (_key: string, gone: () => void): Guest => new Thread(maxHeapMb, gone);
    this.#pool = new GuestPool({ clock, max: maxThreads, idleMs, start });
  }

  run(executor: Executor, params: Json, services: RunServices): HostedRun {
    // Any thread can load any module, so all share one key.
    const options = { pool: this.#pool, key: "", seq: ++this.#seq, clock: this.#clock, limits: this.#limits };
    return new GuestRun({ executor, params, services }, options);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

class Thread implements Guest {
  listener: GuestListener | undefined;
  readonly #worker: Worker;
  #error: RunError | undefined;

  constructor(maxHeapMb: number | undefined, gone: () => void) {
    const execArgv = threadExecArgv();
    this.#worker = new Worker(besideModule("thread-main", import.meta.url), {
      name: "rota",
      ...(execArgv === undefined ? {} : { execArgv }),
      ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
    });
    this.#worker.on("message", (value: unknown) => {
      const message = readFromGuest(value);
      if (message) this.listener?.message(message);
    });
    this.#worker.on("error", (error: unknown) => (this.#error = runErrorOf(error)));
    this.#worker.once("exit", (code) => {
      gone();
      this.listener?.gone(this.#error ?? ended(code));
    });
  }

  post(message: ToGuest): void {
    this.#worker.postMessage(message);
  }

  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  suspend(): Promise<boolean> {
    return Promise.resolve(false);
  }

  continue(): Promise<boolean> {
    return Promise.resolve(false);
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#worker.ref();
    else this.#worker.unref();
  }
}

function ended(code: number): RunError {
  return {
    code: "EXECUTION_FAILED",
    message: `the thread ended with code ${code} before the run did`,
    retryable: true,
    details: { exitCode: code },
  };
}
