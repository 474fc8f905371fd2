// Settling: ends claims. Plain ends of first claims take the straight path: one statement for up to 32 runs.

import type { Key } from "../../../domain/ids.ts";
import {
  isTerminal,
  nextRunStatus,
  terminalStatuses,
  type RunEvent,
  type RunStatus,
  type TerminalStatus,
} from "../../../domain/run-state.ts";
import type { Settlement } from "../../../ports/run-ledger.ts";
import {
  packStatuses,
  statusCode,
  type SettleColumns,
  type SettledColumn,
} from "../columns/settle-columns.ts";
import { InsertShape, ManyRows } from "../insert-many.ts";
import type { RunRow } from "../run-row.ts";
import { noteAttempt } from "../state/attempt.ts";
import { firstClaimVersion } from "../state/birth-row.ts";
import type { FirstClaims } from "../state/claimed-rows.ts";
import { settleAftermath } from "../state/consequences.ts";
import { locate } from "../state/locate.ts";
import { afterPlainEnd, end, endEvent, freedSlot, noteFailure, refusal, takeOut } from "../state/moves.ts";
import { parseCancel } from "../run-row.ts";
import { writeClaimed } from "../state/stop.ts";
import type { Tx } from "../state/tx.ts";
import { settleRarely } from "./settle-rarely.ts";

const ended = new InsertShape(
  "ended (key, status, claim, attempt, recoveries, interruptions, version, worker_key, started_at_ms, finished_at_ms, result)",
  ["key", "result"],
);

export function settle(tx: Tx, columns: SettleColumns, nowMs: number): SettledColumn {
  const straight = new StraightEnds(tx);
  const codes = columns.runKey.map((key, index) => {
    const claim = columns.claim[index] ?? 0;
    const endedAtMs = columns.endedAtMs[index] ?? nowMs;
    const status = terminalStatuses[columns.status[index] ?? -1];
    const result = columns.result[index] ?? undefined;
    if (claim === 1 && isStraight(status)) {
      const first = tx.claimed.firstOf(key);
      if (first !== undefined) {
        straight.add(key, first, { status, endedAtMs, result });
        return statusCode(status);
      }
    }
    const run = tx.claimed.get(key);
    if (run === undefined || run.claim !== claim) {
      straight.write(); // it may be one of this very message
      discard(tx, { runKey: key, claim, atMs: endedAtMs });
      return -1;
    }
    const rare = columns.rare[index];
    if (rare !== undefined) return statusCode(settleOne(tx, run, rare));
    if (status === undefined || status === "skipped")
      throw new Error(`run ${key} was settled without a status`);
    return statusCode(settleEnd(tx, run, { status, endedAtMs, result }));
  });
  straight.write();
  settleAftermath(tx, nowMs);
  return packStatuses(codes);
}

interface PlainEnd {
  readonly status: Exclude<TerminalStatus, "skipped">;
  readonly endedAtMs: number;
  readonly result: string | undefined;
  readonly stateOnly?: boolean | undefined;
}

interface StraightEnd extends PlainEnd {
  readonly status: "completed" | "failed" | "timed_out";
}

/** A cancelled end has a request behind it, and those in `rare` have no status here. */
function isStraight(status: TerminalStatus | undefined): status is StraightEnd["status"] {
  return status === "completed" || status === "failed" || status === "timed_out";
}

/** Ends of first claims: no attempt row, no history row, and no row of theirs that was read before. */
class StraightEnds {
  readonly #tx: Tx;
  readonly #ended: ManyRows;
  readonly #emptied: number[] = [];
  /** Ends in a row that are alike: what follows from them is done once for all. */
  #first: FirstClaims | undefined;
  #status: StraightEnd["status"] = "completed";
  #count = 0;

  constructor(tx: Tx) {
    this.#tx = tx;
    this.#ended = new ManyRows(tx.sql, ended);
  }

  add(key: Key, first: FirstClaims, { status, endedAtMs, result }: StraightEnd): void {
    const tx = this.#tx;
    if (first !== this.#first || status !== this.#status) {
      this.#follow();
      this.#first = first;
      this.#status = status;
    }
    const { taskKey, revision } = first;
    const version = firstClaimVersion + 1;
    this.#count += 1;
    const emptied = tx.claimed.deleteFirst(key, first);
    if (emptied !== undefined) this.#emptied.push(emptied);
    tx.journal.add(endEvent(status), endedAtMs, { taskKey, runKey: key, seq: version });
    const { workerKey, claimedAtMs } = first.batch;
    this.#ended.add(key, status, 1, 1, 0, 0, version, workerKey, claimedAtMs, endedAtMs, result ?? null);
    noteFailure(tx, { key, taskKey, revision }, { status, atMs: endedAtMs, result });
    afterPlainEnd(tx, { key, taskKey, origin: first.origin, flags: 0 }, { status, atMs: endedAtMs });
  }

  write(): void {
    this.#follow();
    this.#ended.write();
    for (const batch of this.#emptied) this.#tx.sql.named("runs.deleteBatch").run(batch);
    this.#emptied.length = 0;
  }

  /** What follows from all ends that were alike. */
  #follow(): void {
    const [tx, first, count] = [this.#tx, this.#first, this.#count];
    if (first === undefined || count === 0) return;
    this.#count = 0;
    tx.totals.add(`ended/${this.#status}`, count);
    if (!tx.tasks.get(first.taskKey).isTracked) tx.totals.add(`live/${first.taskKey}`, -count);
    freedSlot(tx, first);
  }
}

/** Settles a claim that is still the run's. */
function settleOne(tx: Tx, run: RunRow, settlement: Settlement): RunStatus {
  if (settlement.kind !== "end") return settleRarely(tx, run, settlement);
  const { status, endedAtMs, result, stateOnly } = settlement;
  return settleEnd(tx, run, { status, endedAtMs, result, stateOnly });
}

const endEvents: Readonly<Record<PlainEnd["status"], RunEvent>> = {
  completed: "complete",
  failed: "fail",
  timed_out: "time-out",
  cancelled: "abort",
};

function settleEnd(tx: Tx, run: RunRow, { status, endedAtMs, result, stateOnly }: PlainEnd): RunStatus {
  // A paused run whose code ends anyway had gone on before its pause was known here.
  const from = run.status === "paused" ? "running" : run.status;
  const next = nextRunStatus(from, endEvents[status]) ?? status;
  const final = isTerminal(next) ? atDeadline(run, next) : status;
  noteAttempt(tx, run, { atMs: endedAtMs, endedBy: final, isLast: true });
  takeOut(tx, run);
  if (stateOnly === true && run.cancel !== null)
    run.cancel = JSON.stringify({ ...parseCancel(run.cancel), stateOnly: true });
  const deadline =
    final === "timed_out" && final !== next
      ? refusal("DEADLINE", "the run took longer than its deadline")
      : undefined;
  end(tx, run, { status: final, atMs: endedAtMs, result: deadline ?? result });
  return final;
}

/** A run stopped by its deadline ends `timed_out`, unless it succeeded (SEM 36). */
function atDeadline(run: RunRow, status: TerminalStatus): TerminalStatus {
  if (status !== "cancelled" || run.cancel === null) return status;
  return parseCancel(run.cancel).cause === "timeout" ? "timed_out" : status;
}

/** A result came for a claim that is over: the run keeps its state, and what came is noted. */
function discard(
  tx: Tx,
  late: { readonly runKey: number; readonly claim: number; readonly atMs: number },
): void {
  const run = locate(tx, late.runKey);
  if (run === undefined) return;
  const event = { atMs: late.atMs, data: { claim: late.claim } };
  if (run.phase === "ended") {
    // An ended run never changes, so its own history does not either; the feed alone tells.
    tx.journal.add("run.result-discarded", late.atMs, {
      taskKey: run.taskKey,
      runKey: run.key,
      data: event.data,
    });
    return;
  }
  tx.event(run, "run.result-discarded", event);
  if (run.phase === "claimed") writeClaimed(tx, run);
  else if (run.phase === "held") tx.sql.named("settle.setHeldVersion").run(run.version, run.key);
  else tx.sql.named("settle.setReadyVersion").run(run.version, run.laneId, run.place, run.key);
}
