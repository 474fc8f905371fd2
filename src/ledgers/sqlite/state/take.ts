// Gives a run to a worker: the claim, with its number, its attempt and its event.

import type { Key } from "../../../domain/ids.ts";
import {
  addClaim,
  beginHead,
  type ClaimedColumns,
  type ClaimHead,
  type RareFields,
} from "../columns/claimed-columns.ts";
import { InsertShape, ManyRows } from "../insert-many.ts";
import { flag, parseExtra, timerKind, type RunRow } from "../run-row.ts";
import { firstClaimVersion } from "./birth-row.ts";
import { FirstClaims, type ClaimBatch } from "./claimed-rows.ts";
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

/** A run in `ready`, or just born, to which nothing has happened but its birth. */
export interface FreshRun {
  readonly key: Key;
  readonly taskKey: Key;
  readonly revision: number;
  readonly laneId: number;
  readonly origin: number;
  readonly dueAtMs: number;
  readonly scheduledForMs: number | null;
}

/** Takes runs that are in no table for one worker; `write` stores their rows, many at a time. */
export class Taking {
  readonly #tx: Tx;
  readonly #claimant: Claimant;
  readonly #rows: ManyRows;
  /** First claims of runs without any history but their birth: one row tells of all. */
  #listed: Key[] = [];
  #batch: ClaimBatch | undefined;
  #claims: FirstClaims | undefined;
  #head: ClaimHead | undefined;
  readonly columns: ClaimedColumns;

  constructor(tx: Tx, claimant: Claimant, columns: ClaimedColumns) {
    this.#tx = tx;
    this.#claimant = claimant;
    this.#rows = new ManyRows(tx.sql, claimed);
    this.columns = columns;
  }

  take(run: RunRow, params: string | null): void {
    const tx = this.#tx;
    if (isFresh(run)) return this.takeFresh(run, params);
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
    const startedAtMs = (run.startedAtMs ??= nowMs);
    tx.event(run, "run.started", { atMs: nowMs, isDerived: isFirst });
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
      startedAtMs,
    );
    tx.claimed.put(run);
    if (!isSameHead(this.#head, run)) {
      const { taskKey, revision, claim, attempt, recoveries, interruptions, version, claimedAtMs } = run;
      const counters = { claim, attempt, recoveries, interruptions, version };
      this.#begin({ taskKey, revision, ...counters, claimedAtMs, startedAtMs });
    }
    addClaim(this.columns, run, { params, rare: rareFields(tx, run, isFirst) });
  }

  /** The shortest way: no row to work with, and none of its own in the database. */
  takeFresh(run: FreshRun, params: string | null): void {
    const tx = this.#tx;
    const { key, taskKey, scheduledForMs } = run;
    const { workerKey, nowMs } = this.#claimant;
    const batch = (this.#batch ??= {
      id: tx.nextBatchId(),
      workerKey,
      claimedAtMs: nowMs,
      claimedBy: tx.command,
      left: 0,
    });
    if (this.#claims?.batch !== batch || !this.#claims.isAlike(run))
      this.#claims = new FirstClaims(batch, run);
    this.#listed.push(key);
    tx.claimed.putFirst(key, this.#claims);
    tx.journal.add("run.started", nowMs, { taskKey, runKey: key, seq: firstClaimVersion });
    const head = this.#head;
    if (head?.version !== firstClaimVersion || head.taskKey !== taskKey || head.revision !== run.revision) {
      this.#begin({
        taskKey,
        revision: run.revision,
        claim: 1,
        attempt: 1,
        recoveries: 0,
        interruptions: 0,
        version: firstClaimVersion,
        claimedAtMs: nowMs,
        startedAtMs: nowMs,
      });
    }
    addClaim(this.columns, run, {
      params,
      rare: scheduledForMs === null ? undefined : { scheduledForMs },
    });
  }

  #begin(head: ClaimHead): void {
    const tx = this.#tx;
    const { taskKey, revision } = head;
    this.#head = head;
    beginHead(this.columns, head);
    tx.sent.send(taskKey, revision, () => tx.tasks.definitionText(taskKey, revision) ?? "null");
  }

  write(): void {
    this.#rows.write();
    if (this.#batch === undefined) return;
    const { id, workerKey, claimedAtMs } = this.#batch;
    this.#tx.sql.named("runs.insertBatch").run(id, workerKey, claimedAtMs, JSON.stringify(this.#listed));
    this.#batch = undefined;
    this.#listed = [];
  }
}

function isFresh(run: RunRow): boolean {
  return run.version === 1 && run.flags === flag.fresh;
}

function isSameHead(head: ClaimHead | undefined, run: RunRow): boolean {
  return (
    head !== undefined &&
    head.taskKey === run.taskKey &&
    head.revision === run.revision &&
    head.claim === run.claim &&
    head.attempt === run.attempt &&
    head.recoveries === run.recoveries &&
    head.interruptions === run.interruptions &&
    head.version === run.version &&
    head.startedAtMs === run.startedAtMs
  );
}

function rareFields(tx: Tx, run: RunRow, isFirst: boolean): RareFields | undefined {
  const ofSchedule = run.scheduledForMs === null ? undefined : { scheduledForMs: run.scheduledForMs };
  if ((run.flags & (flag.memo | flag.timed)) === 0) return ofSchedule;
  if (isFirst) dropTimer(tx, { atMs: expiryOf(tx, run), key: run.key, kind: timerKind.expire });
  const memo = memoOf(tx, run);
  const { deadlineAtMs } = parseExtra(run.extra);
  return {
    ...ofSchedule,
    ...(deadlineAtMs === undefined ? {} : { deadlineAtMs }),
    ...(memo.resumed === undefined ? {} : { resumed: memo.resumed }),
    ...(memo.maxAttempts === undefined ? {} : { maxAttempts: memo.maxAttempts }),
  };
}
