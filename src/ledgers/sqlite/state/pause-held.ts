// Pausing a run that no worker holds: what counts down stops, instants do not move (SEM 12).

import { isTerminal, type LiveStatus } from "../../../domain/run-state.ts";
import type { PausedBy } from "../../../domain/task.ts";
import { flag, parsePausedBy, parseWait, timerKind, type Clocks, type RunRow } from "../run-row.ts";
import { dropTimer, expiryOf, putHeld, takeOut } from "./moves.ts";
import type { Tx } from "./tx.ts";

/** Pauses a run that no worker holds, wherever it lies. */
export function pauseHeld(
  tx: Tx,
  run: RunRow,
  { by, nowMs }: { readonly by: PausedBy; readonly nowMs: number },
): void {
  const from = run.status;
  const clocks = clocksLeft(tx, run, nowMs);
  const { waitUntilMs } = run;
  takeOut(tx, run);
  if (isTerminal(from) || from === "paused") throw new Error(`run ${run.key} cannot pause from ${from}`);
  run.status = "paused";
  run.pausedFrom = from satisfies LiveStatus;
  run.pausedBy = JSON.stringify(by);
  run.parkedOn = null;
  run.clocks = JSON.stringify(clocks);
  run.resumeAtMs = by.resumeAtMs ?? null;
  // What counts down stops; an instant stays in the row, and its timer finds the run paused.
  run.waitUntilMs = clocks.waitMs === undefined ? waitUntilMs : null;
  run.answerByMs = null;
  if (clocks.expireMs !== undefined)
    dropTimer(tx, { atMs: expiryOf(tx, run), key: run.key, kind: timerKind.expire });
  tx.event(run, "run.paused", { atMs: nowMs, data: { ...by } });
  putHeld(tx, run);
}

function clocksLeft(tx: Tx, run: RunRow, nowMs: number): Clocks {
  const left = (atMs: number | null | undefined) =>
    atMs === null || atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
  // A run's own due time and a `until` are instants; a retry delay, a snooze and a wait by duration count down.
  const countsDown = run.claim > 0 && parseWait(run.wait).isInstant !== true;
  const waitMs = countsDown ? left(run.waitUntilMs) : undefined;
  const answerMs = left(run.answerByMs);
  const expireMs =
    run.startedAtMs === null && (run.flags & flag.timed) !== 0 ? left(expiryOf(tx, run)) : undefined;
  return {
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(answerMs === undefined ? {} : { answerMs }),
    ...(expireMs === undefined ? {} : { expireMs }),
  };
}

/**
 * Grants a pause that was asked for while the run was at work, when its claim ends before a checkpoint: the run is
 * paused where it would have gone.
 */
export function grantPause(tx: Tx, run: RunRow, wish: string | null, nowMs: number): void {
  if (wish === null || isTerminal(run.status) || run.status === "paused" || run.status === "cancelling")
    return;
  pauseHeld(tx, run, { by: parsePausedBy(wish), nowMs });
}
