// Time: the only source of "now" and of timers.

export interface TimerOptions {
  /**
   * A look for what should not have happened (a lost signal, a dead process): nothing is late when it comes late. A
   * virtual clock that jumps over a year fires it once, not each of the times it would have come.
   */
  readonly idle?: boolean;
  /** Keeps the process alive until it fires or is cancelled: somebody awaits it. */
  readonly holdsProcess?: boolean;
}

/** Cancels the timer it came from; harmless when it already fired. */
export type CancelTimer = () => void;

export interface Clock {
  /** Ledger time: milliseconds since the epoch (SEM 23). */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back; for durations within the process. */
  monotonic(): number;
  /**
   * Calls `act` once when `delayMs` of monotonic time have passed.
   *
   * Delays beyond what the platform's timers hold are chunked, so any finite delay is right. A timer does not keep
   * the process alive, unless told to.
   */
  after(delayMs: number, act: () => void, options?: TimerOptions): CancelTimer;
  /** Calls `act` at the end of the present turn, before timers and I/O: where batches are cut. */
  endOfTurn(act: () => void): void;
}
