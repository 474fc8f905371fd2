// How an executor that drives a process or a remote task by itself lets its run be ended and suspended for real.

/** What a host does with such a run when the engine asks; each may be called at any time, also after the end. */
export interface RunControls {
  /** Resolves when the work has really ended. */
  kill(): Promise<void>;
  /** Really suspends the work; false when that cannot be done. */
  suspend(): Promise<boolean>;
  continue(): Promise<boolean>;
}

/** Where the promise returned by `Executor.execute` carries its {@link RunControls}. */
export const runControls: unique symbol = Symbol.for("rota.run-controls");

/** Gives the promise of a run its controls. */
export function withControls<T>(work: Promise<T>, controls: RunControls): Promise<T> {
  return Object.defineProperty(work, runControls, { value: controls });
}
