// Settling: ends claims. The straight path of many plain ends writes two statements for eight runs.

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
import { ManyRows } from "../insert-many.ts";
import type { SqlValue } from "../row.ts";
import type { RunRow } from "../run-row.ts";
import { noteAttempt } from "../state/attempt.ts";
import { settleAftermath } from "../state/consequences.ts";
import { locate } from "../state/locate.ts";
import { afterEnd, end, endEvent, leftClaimed, noteFailure, refusal, takeOut } from "../state/moves.ts";
import { parseCancel } from "../run-row.ts";
import { writeClaimed } from "../state/stop.ts";
import type { Tx } from "../state/tx.ts";
import { settleRarely } from "./settle-rarely.ts";

const endedColumns =
  "ended (key, status, claim, attempt, recoveries, interruptions, version, worker_key, started_at_ms, finished_at_ms, result)";

export function settle(tx: Tx, columns: SettleColumns, nowMs: number): SettledColumn {
  const straight = new StraightEnds(tx);
  const codes = columns.runKey.map((key, index) => {
    const claim = columns.claim[index] ?? 0;
    const endedAtMs = columns.endedAtMs[index] ?? nowMs;
    const run = tx.claimed.get(key);
    if (run === undefined || run.claim !== claim) {
      straight.write(); // it may be one of this very message
      discard(tx, { runKey: key, claim, atMs: endedAtMs });
      return -1;
    }
    const rare = columns.rare[index];
    if (rare !== undefined) return statusCode(settleOne(tx, run, rare));
    const status = terminalStatuses[columns.status[index] ?? -1];
    if (status === undefined || status === "skipped")
      throw new Error(`run ${key} was settled without a status`);
    const result = columns.result[index] ?? undefined;
    if (run.status === "running" && run.claim === 1 && status !== "cancelled") {
      straight.add(run, { status, endedAtMs, result });
      return statusCode(status);
    }
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

/** Ends of running runs on their first claim, to whom nothing else happened: no attempt row, no history row. */
class StraightEnds {
  readonly #tx: Tx;
  readonly #ended: ManyRows;
  readonly #deletes: SqlValue[] = [];

  constructor(tx: Tx) {
    this.#tx = tx;
    this.#ended = new ManyRows(tx.sql, endedColumns);
  }

  add(run: RunRow, { status, endedAtMs, result }: PlainEnd): void {
    const tx = this.#tx;
    if (run.batchId === null) this.#deletes.push(run.key);
    leftClaimed(tx, run);
    run.phase = "ended";
    run.status = status;
    tx.event(run, endEvent(status), { atMs: endedAtMs, isDerived: true });
    this.#ended.add(
      run.key,
      status,
      run.claim,
      run.attempt,
      run.recoveries,
      run.interruptions,
      run.version,
      run.workerKey,
      run.startedAtMs,
      endedAtMs,
      result ?? null,
    );
    tx.totals.add(`ended/${status}`, 1);
    noteFailure(tx, run, { status, atMs: endedAtMs, result });
    afterEnd(tx, run, endedAtMs);
  }

  write(): void {
    const eight = this.#tx.sql.named("settle.deleteEightClaimed");
    const one = this.#tx.sql.named("runs.deleteClaimed");
    let at = 0;
    for (; at + 8 <= this.#deletes.length; at += 8) eight.run(...this.#deletes.slice(at, at + 8));
    for (; at < this.#deletes.length; at++) one.run(this.#deletes[at] ?? null);
    this.#deletes.length = 0;
    this.#ended.write();
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
