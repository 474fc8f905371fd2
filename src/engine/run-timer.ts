// The run timer: lets runs go on, or ends them, at the moments they wait for.

import type { CancelTimer } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import type { EngineParts } from "./parts.ts";

/** Looks at least this often, so that a moment written by another process is never missed for longer. */
const lookMs = 1000;
/** Runs released in one transaction. */
const batch = 1000;

/**
 * Waits for the earliest run timer in the ledger: delays, retries, snoozes, waits, expiries, deadlines, answers due
 * (SEM 4). What is due is decided by the ledger; this only knows when to ask.
 */
export class RunTimer implements Service {
  readonly #parts: EngineParts;
  #running = false;
  #timer: CancelTimer | undefined;
  #idleLook: CancelTimer | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;
  #looking = false;
  #unlisten: (() => void) | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#unlisten = this.#parts.ledger.onCommit((note) => {
      if (note.nextTimerAtMs === undefined || note.nextTimerAtMs >= this.#armedForMs) return;
      // During a look the moment is kept, and armed when the look is over.
      if (this.#looking) this.#armedForMs = note.nextTimerAtMs;
      else this.#arm(note.nextTimerAtMs);
    });
    await this.#look();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#unlisten?.();
    this.#timer?.();
    this.#idleLook?.();
  }

  #arm(atMs: number): void {
    if (!this.#running || this.#looking) return;
    this.#timer?.();
    this.#armedForMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#parts.clock.after(
      Math.max(0, atMs - this.#parts.clock.now()),
      () => void this.#look(),
    );
  }

  #arrangeLook(): void {
    this.#idleLook?.();
    if (this.#running)
      this.#idleLook = this.#parts.clock.after(lookMs, () => void this.#look(), { idle: true });
  }

  async #look(): Promise<void> {
    const { ledger, clock } = this.#parts;
    if (this.#looking) return;
    this.#looking = true;
    this.#timer?.();
    this.#armedForMs = Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    try {
      const reply = await ledger.runs.releaseDue(clock.now(), batch);
      nextMs = Math.min(this.#armedForMs, reply.nextTimerAtMs ?? Number.POSITIVE_INFINITY);
    } catch {
      // The ledger is away; the next look tells more.
    }
    this.#looking = false;
    this.#arm(nextMs);
    this.#arrangeLook();
  }
}
