// Pausing and resuming a run: relative clocks stop, instants do not move (SEM 12).

import type { Key } from "../../../domain/ids.ts";
import { pausedAgain, type PausedBy } from "../../../domain/task.ts";
import { isTerminal, nextRunStatus } from "../../../domain/run-state.ts";
import type { RunReply } from "../../../ports/run-ledger.ts";
import { toRun } from "../reading/read-run.ts";
import { parseClocks, parsePausedBy, timerKind, type RunRow } from "../run-row.ts";
import { settleAftermath } from "../state/consequences.ts";
import { noteAttempt } from "../state/attempt.ts";
import { locate } from "../state/locate.ts";
import { remember } from "../state/memo.ts";
import { letGo, putHeld, setTimer, takeOut } from "../state/moves.ts";
import { pauseHeld } from "../state/pause-held.ts";
import { pausedInPlace, writeClaimed } from "../state/stop.ts";
import type { Tx } from "../state/tx.ts";
import { hasSlot } from "./slots.ts";

export function pause(
  tx: Tx,
  runKey: Key,
  by: PausedBy,
  { isPausable, nowMs }: { readonly isPausable: boolean; readonly nowMs: number },
): RunReply {
  const run = locate(tx, runKey);
  if (run === undefined) return { ok: false, error: "NOT_FOUND" };
  if (run.status === "paused") {
    const changed = pauseAgain(tx, run, by);
    return { ok: true, run: toRun(tx, run), changed };
  }
  const next = nextRunStatus(run.status, "pause");
  if (next === undefined || isTerminal(run.status))
    return { ok: false, error: "ILLEGAL_TRANSITION", status: run.status };
  if (run.phase === "claimed") {
    if (!isPausable) return { ok: false, error: "NOT_PAUSABLE", status: run.status };
    wishPause(tx, run, by);
  } else {
    pauseHeld(tx, run, { by, nowMs });
  }
  settleAftermath(tx, nowMs);
  return { ok: true, run: toRun(tx, run), changed: true };
}

/** Keeps or replaces what the pause before named; false when nothing is new. */
function pauseAgain(tx: Tx, run: RunRow, asked: PausedBy): boolean {
  const text = run.phase === "claimed" ? run.pauseWanted : run.pausedBy;
  if (text === null) throw new Error(`run ${run.key} is paused by nobody`);
  const before = parsePausedBy(text);
  const by = pausedAgain(before, asked);
  if (by === before) return false;
  if (run.phase === "claimed") {
    run.pauseWanted = JSON.stringify(by);
    writeClaimed(tx, run);
    // The timer of the moment that was replaced finds another one, and does nothing.
    setTimer(tx, { atMs: by.resumeAtMs ?? null, run, kind: timerKind.resume });
  } else {
    takeOut(tx, run);
    run.pausedBy = JSON.stringify(by);
    run.resumeAtMs = by.resumeAtMs ?? null;
    putHeld(tx, run);
  }
  return true;
}

/** The worker is told, and confirms when the code stands still. */
function wishPause(tx: Tx, run: RunRow, asked: PausedBy): void {
  const by = run.pauseWanted === null ? asked : pausedAgain(parsePausedBy(run.pauseWanted), asked);
  run.pauseWanted = JSON.stringify(by);
  run.isResumed = false;
  writeClaimed(tx, run);
  tx.note.pause(run.key);
}

/** The code stands still: the run gives up its slots of queue, task and key, but keeps its claim. */
export function confirmPause(
  tx: Tx,
  runKey: Key,
  claim: number,
  { timeoutLeftMs, nowMs }: { readonly timeoutLeftMs: number | undefined; readonly nowMs: number },
): boolean {
  const run = tx.claimed.get(runKey);
  if (run === undefined || run.claim !== claim || run.status === "cancelling") return false;
  if (run.status === "paused") return true;
  if (run.pauseWanted === null) {
    // Resumed before the worker came to stand still: it goes on.
    tx.note.resume(runKey);
    return true;
  }
  const by = parsePausedBy(run.pauseWanted);
  run.status = "paused";
  run.clocks = JSON.stringify(timeoutLeftMs === undefined ? {} : { timeoutMs: timeoutLeftMs });
  tx.event(run, "run.paused", { atMs: nowMs, data: { ...by } });
  setTimer(tx, { atMs: by.resumeAtMs ?? null, run, kind: timerKind.resume });
  pausedInPlace(tx, run);
  settleAftermath(tx, nowMs);
  return true;
}

export function resume(tx: Tx, runKey: Key, nowMs: number): RunReply {
  const run = locate(tx, runKey);
  if (run === undefined) return { ok: false, error: "NOT_FOUND" };
  const isWished = run.phase === "claimed" && run.status === "running" && run.pauseWanted !== null;
  if (run.status !== "paused" && !isWished)
    return { ok: false, error: "ILLEGAL_TRANSITION", status: run.status };
  resumeRun(tx, run, nowMs);
  settleAftermath(tx, nowMs);
  return { ok: true, run: toRun(tx, run), changed: true };
}

/** Resumes a run that is paused, or about to be. */
export function resumeRun(tx: Tx, run: RunRow, nowMs: number): void {
  if (run.phase === "claimed") resumeClaimed(tx, run, nowMs);
  else resumeHeld(tx, run, nowMs);
}

/** Its code goes on, if a slot is free; else the claim is given up and the run waits, to go on after its last step. */
function resumeClaimed(tx: Tx, run: RunRow, nowMs: number): void {
  const wasPaused = run.status === "paused";
  if (wasPaused && !hasSlot(tx, run)) {
    noteAttempt(tx, run, { atMs: nowMs, endedBy: "paused" });
    takeOut(tx, run);
    run.interruptions += 1;
    tx.event(run, "run.resumed", { atMs: nowMs, data: { status: "pending" } });
    letGo(tx, run, nowMs);
    return;
  }
  run.pauseWanted = null;
  run.clocks = null;
  run.isResumed = true;
  if (wasPaused) {
    run.status = "running";
    tx.event(run, "run.resumed", { atMs: nowMs, data: { status: "running" } });
  }
  writeClaimed(tx, run);
  tx.note.resume(run.key);
}

function resumeHeld(tx: Tx, run: RunRow, nowMs: number): void {
  const { waitMs, answerMs, expireMs } = parseClocks(run.clocks);
  const { pausedFrom, wait, waitUntilMs } = run;
  const next = nextRunStatus(run.status, "resume", pausedFrom ?? undefined);
  takeOut(tx, run);
  if (expireMs !== undefined) {
    remember(tx, run, { expireAtMs: nowMs + expireMs });
    setTimer(tx, { atMs: nowMs + expireMs, run, kind: timerKind.expire });
  }
  run.status = next ?? "pending";
  run.pausedFrom = null;
  run.pausedBy = null;
  run.resumeAtMs = null;
  run.clocks = null;
  run.waitUntilMs = waitMs === undefined ? waitUntilMs : nowMs + waitMs;
  run.answerByMs = answerMs === undefined ? null : nowMs + answerMs;
  run.wait = wait;
  tx.event(run, "run.resumed", { atMs: nowMs, data: { status: run.status } });
  if (run.status === "pending" || run.status === "running") letGo(tx, run, nowMs);
  else putHeld(tx, run);
}
