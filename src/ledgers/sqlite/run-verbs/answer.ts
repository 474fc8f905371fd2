// Answers and signals for waiting runs.

import type { Key } from "../../../domain/ids.ts";
import type { Json } from "../../../domain/json.ts";
import { isTerminal } from "../../../domain/run-state.ts";
import type { RunReply } from "../../../ports/run-ledger.ts";
import { toRun } from "../reading/read-run.ts";
import { parseWait, type RunRow } from "../run-row.ts";
import { locate } from "../state/locate.ts";
import { memoOf, remember } from "../state/memo.ts";
import { letGo, putHeld, takeOut } from "../state/moves.ts";
import { writeClaimed } from "../state/stop.ts";
import type { Tx } from "../state/tx.ts";

export type Answer = { readonly answer: Json } | { readonly signal: string; readonly payload: Json };

/** Signals that came early and are kept for a run at most. */
const mostSignals = 100;

export function answer(tx: Tx, runKey: Key, given: Answer, nowMs: number): RunReply {
  const run = locate(tx, runKey);
  if (run === undefined) return { ok: false, error: "NOT_FOUND" };
  const isWaiting = run.status === "waiting" || (run.status === "paused" && run.pausedFrom === "waiting");
  const wait = parseWait(run.wait);
  const fits = isWaiting && ("answer" in given ? wait.question !== undefined : wait.signal === given.signal);
  if (fits) {
    const resumed =
      "answer" in given
        ? { state: wait.state, answer: given.answer }
        : { state: wait.state, signal: { name: given.signal, payload: given.payload } };
    goOn(tx, run, {
      resumed: JSON.stringify(resumed),
      nowMs,
      data: "answer" in given ? { answered: true } : { signal: given.signal },
    });
    return { ok: true, run: toRun(tx, run), changed: true };
  }
  if ("answer" in given || isTerminal(run.status) || !keepEarly(tx, run, given))
    return { ok: false, error: "ILLEGAL_TRANSITION", status: run.status };
  return { ok: true, run: toRun(tx, run), changed: false };
}

/** What a waiting run waited for has come. A paused one stays paused, and is pending once it is resumed. */
export function goOn(
  tx: Tx,
  run: RunRow,
  { resumed, nowMs, data }: { readonly resumed: string; readonly nowMs: number; readonly data: Json },
): void {
  takeOut(tx, run);
  remember(tx, run, { resumed });
  tx.event(run, "run.due", { atMs: nowMs, data });
  run.wait = null;
  run.waitUntilMs = null;
  run.answerByMs = null;
  if (run.status === "paused") {
    run.pausedFrom = "pending";
    run.clocks = null;
    putHeld(tx, run);
  } else {
    letGo(tx, run, nowMs);
  }
}

/** A signal may come before the run waits for it; it is kept, so that it is not lost. */
function keepEarly(tx: Tx, run: RunRow, given: { readonly signal: string; readonly payload: Json }): boolean {
  const signals = memoOf(tx, run).signals ?? [];
  if (signals.length >= mostSignals) return false;
  const hadMemo = run.flags;
  remember(tx, run, { signals: [...signals, { name: given.signal, payload: given.payload }] });
  if (hadMemo === run.flags) return true;
  if (run.phase === "claimed") writeClaimed(tx, run);
  else if (run.phase === "held") tx.sql.named("runs.setHeldFlags").run(run.flags, run.key);
  else tx.sql.named("runs.setReadyFlags").run(run.flags, run.laneId, run.place, run.key);
  return true;
}
