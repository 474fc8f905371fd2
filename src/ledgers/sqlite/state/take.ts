// Gives a run to a worker: the claim, with its number, its attempt and its event.

import type { Key } from "../../../domain/ids.ts";
import { addClaim, type ClaimedColumns, type RareFields } from "../columns/claimed-columns.ts";
import { InsertShape, ManyRows } from "../insert-many.ts";
import { flag, parseExtra, timerKind, type RunRow } from "../run-row.ts";
import { dropTimer, expiryOf } from "./moves.ts";
import { memoOf } from "./memo.ts";
import type { Tx } from "./tx.ts";

const claimed = new InsertShape(
  "claimed (key, worker_key, task_key, lane_id, status, claim, attempt, recoveries, interruptions, version, flags, claimed_at_ms, started_at_ms)",
);

export interface Claimant {
  readonly workerKey: Key;
  readonly nowMs: number;
}

/** Takes runs that are in no table for one worker; `write` stores their rows, many at a time. */
export class Taking {
  readonly #tx: Tx;
  readonly #claimant: Claimant;
  readonly #rows: ManyRows;
  /** First claims of runs without any history but their birth: one row tells of all. */
  #batch: Key[] = [];
  #batchId: number | undefined;
  readonly columns: ClaimedColumns;

  constructor(tx: Tx, claimant: Claimant, columns: ClaimedColumns) {
    this.#tx = tx;
    this.#claimant = claimant;
    this.#rows = new ManyRows(tx.sql, claimed);
    this.columns = columns;
  }

  take(run: RunRow, params: string | null): void {
    const tx = this.#tx;
    const { workerKey, nowMs } = this.#claimant;
    run.phase = "claimed";
    run.status = "running";
    run.claim += 1;
    if ((run.flags & flag.fresh) !== 0) run.attempt += 1;
    run.flags &= ~flag.fresh;
    run.workerKey = workerKey;
    run.claimedAtMs = nowMs;
    run.claimedBy = tx.command;
    const isFirst = run.startedAtMs === null;
    run.startedAtMs ??= nowMs;
    tx.event(run, "run.started", { atMs: nowMs, isDerived: isFirst });
    if (isFirst && run.version === 2 && run.flags === 0) {
      run.batchId = this.#batchId ??= tx.nextBatchId();
      this.#batch.push(run.key);
    } else {
      this.#rows.add(
        run.key,
        workerKey,
        run.taskKey,
        run.laneId,
        "running",
        run.claim,
        run.attempt,
        run.recoveries,
        run.interruptions,
        run.version,
        run.flags,
        nowMs,
        run.startedAtMs,
      );
    }
    tx.claimed.put(run);
    tx.sent.send(
      run.taskKey,
      run.revision,
      () => tx.tasks.definitionText(run.taskKey, run.revision) ?? "null",
    );
    addClaim(this.columns, run, { params, rare: isPlain(run) ? undefined : rareFields(tx, run, isFirst) });
  }

  write(): void {
    this.#rows.write();
    if (this.#batchId === undefined) return;
    const { workerKey, nowMs } = this.#claimant;
    this.#tx.sql.named("runs.insertBatch").run(this.#batchId, workerKey, nowMs, JSON.stringify(this.#batch));
    this.#batchId = undefined;
    this.#batch = [];
  }
}

function isPlain(run: RunRow): boolean {
  return (run.flags & (flag.memo | flag.timed)) === 0;
}

function rareFields(tx: Tx, run: RunRow, isFirst: boolean): RareFields {
  if (isFirst) dropTimer(tx, { atMs: expiryOf(tx, run), key: run.key, kind: timerKind.expire });
  const memo = memoOf(tx, run);
  const { deadlineAtMs } = parseExtra(run.extra);
  return {
    ...(deadlineAtMs === undefined ? {} : { deadlineAtMs }),
    ...(memo.resumed === undefined ? {} : { resumed: memo.resumed }),
    ...(memo.maxAttempts === undefined ? {} : { maxAttempts: memo.maxAttempts }),
  };
}
