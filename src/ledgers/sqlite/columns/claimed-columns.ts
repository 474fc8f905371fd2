// Claimed runs on their way to the worker: columns of arrays, 0.22 µs a row where objects take 0.66 to 0.90.

import type { Key } from "../../../domain/ids.ts";
import type { TaskDefinition } from "../../../domain/task.ts";
import type { ClaimedRun } from "../../../ports/run-ledger.ts";
import type { RunRow } from "../run-row.ts";

type Optional<T> = (T | null)[];

/** One entry for each run; a column in which every entry would be null stays empty. */
export interface ClaimedColumns {
  readonly key: Key[];
  readonly taskKey: Key[];
  readonly revision: number[];
  /** claim, attempt, recoveries, interruptions, version: five for each run. */
  readonly counters: number[];
  readonly dueAtMs: number[];
  readonly claimedAtMs: number[];
  readonly startedAtMs: number[];
  readonly scheduledForMs: Optional<number>;
  readonly params: Optional<string>;
  /** The rare ones, by index. */
  readonly rare: Record<number, RareFields>;
}

export interface RareFields {
  readonly deadlineAtMs?: number;
  readonly resumed?: string;
  readonly maxAttempts?: number;
}

export function noClaims(): ClaimedColumns {
  return {
    key: [],
    taskKey: [],
    revision: [],
    counters: [],
    dueAtMs: [],
    claimedAtMs: [],
    startedAtMs: [],
    scheduledForMs: [],
    params: [],
    rare: {},
  };
}

/** Adds a run that lies in `claimed`. */
export function addClaim(
  columns: ClaimedColumns,
  run: RunRow,
  given: { readonly params: string | null; readonly rare?: RareFields | undefined },
): void {
  const index = columns.key.length;
  columns.key.push(run.key);
  columns.taskKey.push(run.taskKey);
  columns.revision.push(run.revision);
  columns.counters.push(run.claim, run.attempt, run.recoveries, run.interruptions, run.version);
  columns.dueAtMs.push(run.dueAtMs);
  columns.claimedAtMs.push(run.claimedAtMs);
  columns.startedAtMs.push(run.startedAtMs ?? run.claimedAtMs);
  if (run.scheduledForMs !== null) columns.scheduledForMs[index] = run.scheduledForMs;
  if (given.params !== null) columns.params[index] = given.params;
  if (given.rare !== undefined) columns.rare[index] = given.rare;
}

/** Makes the runs again on the other side. */
export function toClaimedRuns(
  columns: ClaimedColumns,
  definition: (key: Key, revision: number) => TaskDefinition,
): ClaimedRun[] {
  const { counters } = columns;
  return columns.key.map((key, index) => {
    const taskKey = columns.taskKey[index] ?? 0;
    const revision = columns.revision[index] ?? 0;
    const at = index * 5;
    const run: Writable<ClaimedRun> = {
      key,
      taskKey,
      revision,
      claim: counters[at] ?? 0,
      attempt: counters[at + 1] ?? 0,
      recoveries: counters[at + 2] ?? 0,
      interruptions: counters[at + 3] ?? 0,
      version: counters[at + 4] ?? 0,
      dueAtMs: columns.dueAtMs[index] ?? 0,
      claimedAtMs: columns.claimedAtMs[index] ?? 0,
      startedAtMs: columns.startedAtMs[index] ?? 0,
      definition: definition(taskKey, revision),
    };
    // Assigned rather than spread: this runs for every run of a drain.
    const params = columns.params[index];
    const scheduledForMs = columns.scheduledForMs[index];
    if (params !== undefined && params !== null) run.params = params;
    if (scheduledForMs !== undefined && scheduledForMs !== null) run.scheduledForMs = scheduledForMs;
    const rare = columns.rare[index];
    return rare === undefined ? run : { ...run, ...rare };
  });
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
