// The worker's beat: renews its lease once a second and learns what it should stop, pause or let go.

import type { CancelTimer } from "../ports/clock.ts";
import type { Unsubscribe } from "../ports/broker.ts";
import type { Service } from "../ports/service.ts";
import type { EngineParts } from "./parts.ts";
import type { Worker } from "./worker.ts";

const beatMs = 1000;

/**
 * One statement a second tells and asks everything (SEM 11). A signal from the broker only makes the next beat come at
 * once: a cancel reaches the code in milliseconds when the signal arrives and within a second when it does not.
 */
export class Heartbeat implements Service {
  readonly #parts: EngineParts;
  readonly #worker: Worker;
  #timer: CancelTimer | undefined;
  #running = false;
  #beating: Promise<void> | undefined;
  #again = false;
  #unsubscribe: Unsubscribe | undefined;

  constructor(parts: EngineParts, worker: Worker) {
    this.#parts = parts;
    this.#worker = worker;
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#unsubscribe = await this.#parts.broker.subscribe((signal) => {
      const ours = signal.runKeys?.some((key) => this.#worker.attempts.has(key)) ?? false;
      if (ours) void this.beat();
    });
    this.#next();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.();
    await this.#unsubscribe?.();
    await this.#beating;
  }

  /** Beats now; a beat asked for during a beat follows it. */
  async beat(): Promise<void> {
    if (this.#beating) {
      this.#again = true;
      return this.#beating;
    }
    this.#beating = this.#beatOnce().finally(() => (this.#beating = undefined));
    await this.#beating;
    if (this.#again) {
      this.#again = false;
      await this.beat();
    }
  }

  #next(): void {
    if (!this.#running) return;
    this.#timer = this.#parts.clock.after(beatMs, () => void this.beat().finally(() => this.#next()), {
      idle: true,
    });
  }

  async #beatOnce(): Promise<void> {
    const { attempts, key, abandonedSlots } = this.#worker;
    if (key === undefined) return;
    const { ledger, clock } = this.#parts;
    const running = [...attempts.values()].map(({ run }) => ({ runKey: run.key, claim: run.claim }));
    try {
      const reply = await ledger.workers.beat({ workerKey: key, running, abandonedSlots }, clock.now());
      if (!reply.alive) return await this.#loseEverything();
      for (const { runKey, claim, request } of reply.cancel) {
        const attempt = attempts.get(runKey);
        if (attempt?.run.claim === claim) attempt.cancel(request);
      }
      for (const runKey of reply.pause) void attempts.get(runKey)?.pause();
      for (const runKey of reply.resume) attempts.get(runKey)?.continue();
      for (const runKey of reply.lost) attempts.get(runKey)?.abandon();
    } catch {
      // The ledger is away: what runs goes on, its results are kept by the settler, the next beat tells more.
    }
  }

  /** The lease was judged lost (a long stop of this process): others have our runs. Begin again under a new name. */
  async #loseEverything(): Promise<void> {
    for (const attempt of this.#worker.attempts.values()) attempt.abandon();
    await this.#worker.register();
    this.#worker.wakeAll();
  }
}
