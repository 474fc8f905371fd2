// Does what the run timers that came due call for; one that no longer holds is dropped.

import type { Key } from "../../../domain/ids.ts";
import { isTerminal, nextRunStatus } from "../../../domain/run-state.ts";
import { toError, toFailure } from "../failure.ts";
import { int } from "../row.ts";
import { parseExtra, parsePausedBy, parseWait, timerKind, type RunRow } from "../run-row.ts";
import { settleAftermath } from "../state/consequences.ts";
import { locate } from "../state/locate.ts";
import { end, expiryOf, letGo, refusal, takeOut } from "../state/moves.ts";
import { requestStop } from "../state/stop.ts";
import type { Tx } from "../state/tx.ts";
import { goOn } from "./answer.ts";
import { resumeRun } from "./pause.ts";

export interface Released {
  readonly released: number;
  readonly nextTimerAtMs?: number;
}

/** Milliseconds a run gets to stop at its deadline. */
const deadlineGraceMs = 30_000;

export function releaseDue(
  tx: Tx,
  nowMs: number,
  { limit, except }: { readonly limit: number; readonly except: readonly Key[] },
): Released {
  const excepted = JSON.stringify(except);
  let released = 0;
  for (const row of tx.sql.named("timers.due").all(nowMs, excepted, limit)) {
    const timer = { atMs: int(row, 0), kind: int(row, 2), nowMs };
    const isReleased = blaming(int(row, 1), () => {
      const isFired = release(tx, int(row, 1), timer);
      // What follows from a timer is its own as well, where there is no other it could follow from.
      if (limit === 1) settleAftermath(tx, nowMs);
      return isFired;
    });
    if (isReleased) released += 1;
  }
  settleAftermath(tx, nowMs);
  const next = tx.sql.named("timers.next").get(excepted);
  return next === undefined ? { released } : { released, nextTimerAtMs: int(next, 0) };
}

/** Runs `act`; an error that no repeat would mend names the run it came from. */
function blaming<T>(runKey: Key, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const failure = toFailure(error);
    throw failure.retryable ? error : toError({ ...failure, details: { ...failure.details, runKey } }, error);
  }
}

/** False when the timer was stale. */
function release(tx: Tx, runKey: Key, timer: FiredTimer): boolean {
  tx.sql.named("timers.delete").run(timer.atMs, runKey, timer.kind);
  const run = locate(tx, runKey);
  return run !== undefined && !isTerminal(run.status) && fire(tx, run, timer);
}

interface FiredTimer {
  readonly atMs: number;
  readonly kind: number;
  readonly nowMs: number;
}

/** False when the timer was stale. */
function fire(tx: Tx, run: RunRow, timer: FiredTimer): boolean {
  switch (timer.kind) {
    case timerKind.due:
      return run.phase === "held" && run.waitUntilMs === timer.atMs && due(tx, run, timer.nowMs);
    case timerKind.expire:
      return run.startedAtMs === null && expiryOf(tx, run) === timer.atMs && expire(tx, run, timer.nowMs);
    case timerKind.deadline:
      return parseExtra(run.extra).deadlineAtMs === timer.atMs && deadline(tx, run, timer.nowMs);
    case timerKind.answer:
      return run.status === "waiting" && run.answerByMs === timer.atMs && unanswered(tx, run, timer.nowMs);
    case timerKind.resume:
      return run.status === "paused" && resumeAtOf(run) === timer.atMs && resumeNow(tx, run, timer.nowMs);
    default:
      return false;
  }
}

function due(tx: Tx, run: RunRow, nowMs: number): boolean {
  if (run.status === "paused") {
    // An instant that came while it was paused: it goes on at once when it is resumed.
    if (run.pausedFrom === "waiting")
      goOn(tx, run, { resumed: JSON.stringify({ state: parseWait(run.wait).state }), nowMs, data: null });
    return false;
  }
  if (run.status === "waiting") {
    goOn(tx, run, { resumed: JSON.stringify({ state: parseWait(run.wait).state }), nowMs, data: null });
    return true;
  }
  const wasRetrying = run.status === "retrying";
  takeOut(tx, run);
  // A delayed run was pending all along; for the others the wait was a state of its own.
  if (wasRetrying) tx.event(run, "run.due", { atMs: nowMs });
  run.waitUntilMs = null;
  letGo(tx, run, nowMs);
  return true;
}

function expire(tx: Tx, run: RunRow, nowMs: number): boolean {
  return endTimedOut(tx, run, {
    event: "expire",
    code: "EXPIRED",
    message: "the run never began before it expired",
    nowMs,
  });
}

/** Ends a run that is in nobody's hands; one that is gets asked to stop, and ends `timed_out` unless it succeeds. */
function deadline(tx: Tx, run: RunRow, nowMs: number): boolean {
  if (run.phase === "claimed" && run.status !== "paused") {
    const reason = "the run took longer than its deadline";
    return requestStop(tx, run, {
      cause: "timeout",
      actor: "rota",
      reason,
      requestedAtMs: nowMs,
      graceMs: deadlineGraceMs,
    });
  }
  return endTimedOut(tx, run, {
    event: "deadline",
    code: "DEADLINE",
    message: "the run took longer than its deadline",
    nowMs,
  });
}

interface TimedOut {
  readonly event: "expire" | "deadline";
  readonly code: string;
  readonly message: string;
  readonly nowMs: number;
}

function endTimedOut(tx: Tx, run: RunRow, { event, code, message, nowMs }: TimedOut): boolean {
  const next = nextRunStatus(run.status, event);
  if (next === undefined || !isTerminal(next)) return false;
  if (run.phase === "claimed") tx.note.cancel(run.key);
  takeOut(tx, run);
  end(tx, run, { status: next, atMs: nowMs, result: refusal(code, message) });
  return true;
}

/** The time for an answer has passed: the default answer is taken, or the run ends. */
function unanswered(tx: Tx, run: RunRow, nowMs: number): boolean {
  const { state, question } = parseWait(run.wait);
  if (question?.defaultAnswer !== undefined) {
    const resumed = JSON.stringify({ state, answer: question.defaultAnswer });
    goOn(tx, run, { resumed, nowMs, data: { answered: false } });
    return true;
  }
  takeOut(tx, run);
  end(tx, run, { status: "timed_out", atMs: nowMs, result: refusal("TIMEOUT", "nobody answered in time") });
  return true;
}

function resumeNow(tx: Tx, run: RunRow, nowMs: number): boolean {
  resumeRun(tx, run, nowMs);
  return true;
}

function resumeAtOf(run: RunRow): number | undefined {
  if (run.phase !== "claimed") return run.resumeAtMs ?? undefined;
  return run.pauseWanted === null ? undefined : parsePausedBy(run.pauseWanted).resumeAtMs;
}
