// One run for a key: what becomes of a trigger that meets another run of its key (SEM 29).

export const dedupConflicts = ["return-existing", "reject", "replace-pending"] as const;
export type DedupConflict = (typeof dedupConflicts)[number];

/** How runs of a task that share a key make one. The key is taken until its run has ended, or for `windowMs`. */
export interface Dedup {
  readonly key: string;
  /**
   * `return-existing` answers with the run that has the key, `reject` refuses, `replace-pending` gives a run that has not
   * begun the newer params; one that has begun does not hold the key against it.
   */
  readonly onConflict: DedupConflict;
  /** Milliseconds from the first trigger for which the key is taken, whatever becomes of its run. @default until its end */
  readonly windowMs?: number;
}

/** Waits until it has been quiet: each further trigger gives the pending run of its key its params and puts it off. */
export interface Debounce {
  readonly key: string;
  /** Milliseconds of quiet before the run starts. */
  readonly waitMs: number;
  /** Milliseconds after the first trigger at which it starts at the latest. @default no bound */
  readonly maxMs?: number;
}
