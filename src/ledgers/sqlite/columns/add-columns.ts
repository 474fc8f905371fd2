// New runs on their way to the ledger, many calls merged into one block of columns.

import type { Key } from "../../../domain/ids.ts";
import { runStatuses } from "../../../domain/run-state.ts";
import { localActor, startKinds } from "../../../domain/run.ts";
import type { TaskDefinition } from "../../../domain/task.ts";
import type { AddReply, NewRun, SlotOffer } from "../../../ports/run-ledger.ts";
import { toClaimedRuns, type ClaimedColumns } from "./claimed-columns.ts";

/** What few runs have. */
export type RareBirth = Omit<NewRun, "taskKey" | "revision" | "params" | "dueAtMs">;

export interface AddColumns {
  readonly taskKey: Key[];
  readonly revision: number[];
  readonly dueAtMs: number[];
  /** Index into `startKinds`. */
  readonly origin: number[];
  /** Sparse; a column without any stays empty. */
  readonly params: (string | null)[];
  readonly rare: Record<number, RareBirth>;
  /** `nowMs` of each run: merged calls may have been made in different milliseconds. */
  readonly nowMs: number[];
  readonly offer: SlotOffer | undefined;
}

type Refusal = Extract<AddReply, { ok: false }>;

export interface AddedColumns {
  /** Key of the first run; the others follow it one by one, refused ones left out. Absent when keys are listed. */
  readonly firstKey: Key;
  /** Only when keys are not consecutive. */
  readonly keys: readonly Key[] | undefined;
  /** Status other than `pending`, as an index into `runStatuses`, by index of the run. */
  readonly status: Readonly<Record<number, number>>;
  readonly refused: Readonly<Record<number, Refusal>>;
  /** Runs that had their key already, by index. */
  readonly existing: Readonly<Record<number, true>>;
  readonly claimed: ClaimedColumns;
}

export function noRuns(offer: SlotOffer | undefined): AddColumns {
  return { taskKey: [], revision: [], dueAtMs: [], origin: [], params: [], rare: {}, nowMs: [], offer };
}

export function addRuns(columns: AddColumns, runs: readonly NewRun[], nowMs: number): void {
  for (const run of runs) {
    const index = columns.taskKey.length;
    columns.taskKey.push(run.taskKey);
    columns.revision.push(run.revision);
    columns.dueAtMs.push(run.dueAtMs);
    columns.origin.push(startKinds.indexOf(run.startedBy.kind));
    columns.nowMs.push(nowMs);
    if (run.params !== undefined) columns.params[index] = run.params;
    if (hasRareFields(run)) {
      const { taskKey: _task, revision: _revision, params: _params, dueAtMs: _due, ...rare } = run;
      columns.rare[index] = rare;
    }
  }
}

function hasRareFields(run: NewRun): boolean {
  return (
    // The local actor is what a trigger without one means; named each time, it would make every run a rare one.
    (run.startedBy.actor ?? localActor) !== localActor ||
    run.startedBy.id !== undefined ||
    run.priority !== undefined ||
    run.concurrencyKey !== undefined ||
    run.expireAtMs !== undefined ||
    run.deadlineAtMs !== undefined ||
    run.overlap !== undefined ||
    run.force !== undefined ||
    run.retryOf !== undefined ||
    run.single !== undefined ||
    run.scheduledForMs !== undefined
  );
}

/** The answers to a block, in order. */
export function toAddReplies(
  added: AddedColumns,
  count: number,
  definition: (key: Key, revision: number) => TaskDefinition,
): readonly AddReply[] {
  const claimed = toClaimedRuns(added.claimed, definition);
  let claimAt = 0;
  let stored = 0;
  return Array.from({ length: count }, (_, index): AddReply => {
    const refused = added.refused[index];
    if (refused !== undefined) return refused;
    const runKey = added.keys?.[stored] ?? added.firstKey + stored;
    stored += 1;
    const claim = claimed[claimAt];
    if (claim?.key === runKey) {
      claimAt += 1;
      return { ok: true, runKey, status: "running", claimed: claim };
    }
    const status = runStatuses[added.status[index] ?? 1] ?? "pending";
    return added.existing[index] === true
      ? { ok: true, runKey, status, isExisting: true }
      : { ok: true, runKey, status };
  });
}
