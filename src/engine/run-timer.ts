// The run timer: lets runs go on, or ends them, at the moments they wait for.

import { RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { CancelTimer } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import type { EngineParts } from "./parts.ts";

/** Looks at least this often, so that a moment written by another process is never missed for longer. */
const lookMs = 1000;
/** Runs released in one transaction. */
const batch = 1000;
/** How long a run whose timer cannot be written is left alone. */
const troubledMs = 60_000;

/**
 * Waits for the earliest run timer in the ledger: delays, retries, snoozes, waits, expiries, deadlines, answers due
 * (SEM 4). What is due is decided by the ledger; this only knows when to ask.
 */
export class RunTimer implements Service {
  readonly #parts: EngineParts;
  /** Runs whose timers could not be written, and until when they are left alone. */
  readonly #troubled = new Map<Key, number>();
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
    if (this.#looking) return;
    this.#looking = true;
    this.#timer?.();
    this.#armedForMs = Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    try {
      nextMs = Math.min(this.#armedForMs, (await this.#release()) ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      // The ledger is away, and the next look tells more; or this is for a person to see.
      if (RotaError.isInstance(error) && !error.retryable)
        this.#parts.telemetry.emit({ kind: "service.failed", service: "run-timer", error: error.message });
    }
    this.#looking = false;
    this.#arm(nextMs);
    this.#arrangeLook();
  }

  /** Has the ledger do what is due, and returns its earliest timer left. */
  async #release(): Promise<number | undefined> {
    const { ledger, clock } = this.#parts;
    for (let limit = batch; ;) {
      try {
        return (await ledger.runs.releaseDue(clock.now(), limit, this.#troubledNow())).nextTimerAtMs;
      } catch (error) {
        if (!RotaError.isInstance(error) || error.retryable) throw error;
        const { runKey } = error.details;
        if (typeof runKey === "number") this.#leaveAlone(runKey, error);
        else if (limit > 1) limit = 1;
        else throw error;
      }
    }
  }

  #troubledNow(): readonly Key[] {
    const nowMs = this.#parts.clock.now();
    for (const [runKey, untilMs] of this.#troubled) if (untilMs <= nowMs) this.#troubled.delete(runKey);
    return [...this.#troubled.keys()];
  }

  /** What this run's timer calls for cannot be written, however often it is tried: it must not hold up the others. */
  #leaveAlone(runKey: Key, error: RotaError): void {
    this.#troubled.set(runKey, this.#parts.clock.now() + troubledMs);
    this.#parts.telemetry.emit({ kind: "timer.refused", runKey, error: error.message });
  }
}
