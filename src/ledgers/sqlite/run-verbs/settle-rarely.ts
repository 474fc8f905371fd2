// The ends of a claim that are not the end of the run: retry, snooze, suspend, pause when exhausted, interruption.

import { isTerminal, nextRunStatus, type RunEvent, type RunStatus } from "../../../domain/run-state.ts";
import type { RunError } from "../../../domain/outcome.ts";
import type { Json } from "../../../domain/json.ts";
import type { Settlement } from "../../../ports/run-ledger.ts";
import { flag, type RunRow } from "../run-row.ts";
import { noteAttempt } from "../state/attempt.ts";
import { interruptRun } from "../state/interrupt.ts";
import { memoOf, remember } from "../state/memo.ts";
import { letGo, putHeld, takeOut } from "../state/moves.ts";
import { grantPause } from "../state/pause-held.ts";
import { endStopped } from "../state/stop.ts";
import type { Tx } from "../state/tx.ts";

type Kind<K extends Settlement["kind"]> = Extract<Settlement, { kind: K }>;
export type RareSettlement = Exclude<Settlement, { kind: "end" }>;

export function settleRarely(tx: Tx, run: RunRow, settlement: RareSettlement): RunStatus {
  if (run.status === "cancelling" && settlement.kind !== "interrupt") return endInstead(tx, run, settlement);
  if (settlement.kind === "interrupt") {
    return interruptRun(tx, run, { reason: settlement.reason, atMs: settlement.endedAtMs });
  }
  // The move out of the claim forgets the wish, so it is read before.
  const wish = run.pauseWanted;
  moveOn(tx, run, settlement);
  grantPause(tx, run, wish, settlement.endedAtMs);
  return run.status;
}

function moveOn(tx: Tx, run: RunRow, settlement: Exclude<RareSettlement, { kind: "interrupt" }>): RunStatus {
  switch (settlement.kind) {
    case "retry":
      return retry(tx, run, settlement);
    case "pause-exhausted":
      return pauseExhausted(tx, run, settlement);
    case "snooze":
      return snooze(tx, run, settlement);
    case "suspend":
      return suspend(tx, run, settlement);
    default:
      return settlement satisfies never;
  }
}

/** A run that is being cancelled begins nothing more: whatever else its claim says ends it (SEM 9). */
function endInstead(tx: Tx, run: RunRow, settlement: RareSettlement): RunStatus {
  const events: Record<RareSettlement["kind"], RunEvent> = {
    retry: "retry",
    "pause-exhausted": "fail",
    snooze: "snooze",
    suspend: "suspend",
    interrupt: "interrupt",
  };
  const next = nextRunStatus(run.status, events[settlement.kind]);
  if (next === undefined || !isTerminal(next))
    throw new Error(`run ${run.key} does not end by ${settlement.kind}`);
  return endStopped(tx, run, settlement.endedAtMs);
}

function failureOf({ isTimeout }: Kind<"retry" | "pause-exhausted">): "failed" | "timed_out" {
  return isTimeout === true ? "timed_out" : "failed";
}

function errorData(error: RunError): Json {
  return { code: error.code, message: error.message };
}

function retry(tx: Tx, run: RunRow, settlement: Kind<"retry">): RunStatus {
  const { dueAtMs, error, endedAtMs } = settlement;
  noteAttempt(tx, run, { atMs: endedAtMs, endedBy: failureOf(settlement), error });
  takeOut(tx, run);
  run.status = "retrying";
  run.flags |= flag.fresh;
  run.waitUntilMs = dueAtMs;
  tx.event(run, "run.retrying", {
    atMs: endedAtMs,
    data: { attempt: run.attempt, dueAtMs, error: errorData(error) },
  });
  putHeld(tx, run);
  return run.status;
}

/** `onExhausted: "pause"`: a person decides; resuming gives `maxAttempts` more (SEM 36). */
function pauseExhausted(tx: Tx, run: RunRow, settlement: Kind<"pause-exhausted">): RunStatus {
  const { error, endedAtMs } = settlement;
  noteAttempt(tx, run, { atMs: endedAtMs, endedBy: failureOf(settlement), error });
  takeOut(tx, run);
  run.status = "paused";
  run.pausedFrom = "pending";
  run.pausedBy = JSON.stringify({ actor: "rota", reason: `out of attempts: ${error.message}` });
  run.flags |= flag.fresh;
  const { retry: policy } = tx.tasks.definition(run.taskKey, run.revision);
  remember(tx, run, { maxAttempts: run.attempt + policy.maxAttempts });
  tx.event(run, "run.paused", { atMs: endedAtMs, data: { actor: "rota", error: errorData(error) } });
  putHeld(tx, run);
  return run.status;
}

function snooze(tx: Tx, run: RunRow, { dueAtMs, reason, endedAtMs }: Kind<"snooze">): RunStatus {
  noteAttempt(tx, run, { atMs: endedAtMs, endedBy: "snoozed" });
  takeOut(tx, run);
  run.interruptions += 1;
  tx.event(run, "run.snoozed", {
    atMs: endedAtMs,
    data: { dueAtMs, ...(reason === undefined ? {} : { reason }) },
  });
  run.waitUntilMs = dueAtMs;
  letGo(tx, run, endedAtMs);
  return run.status;
}

/** State and question are kept, the claim ends, every slot is free (SEM 8). */
function suspend(tx: Tx, run: RunRow, settlement: Kind<"suspend">): RunStatus {
  const { state, question, signal, dueAtMs, answerByMs, endedAtMs } = settlement;
  noteAttempt(tx, run, { atMs: endedAtMs, endedBy: "suspended" });
  takeOut(tx, run);
  run.interruptions += 1;
  tx.event(run, "run.suspended", {
    atMs: endedAtMs,
    data: {
      ...(dueAtMs === undefined ? {} : { dueAtMs }),
      ...(signal === undefined ? {} : { signal }),
      ...(question === undefined ? {} : { question: question.prompt }),
      ...(answerByMs === undefined ? {} : { answerByMs }),
    },
  });
  const early = signal === undefined ? undefined : takeEarlySignal(tx, run, signal);
  if (early !== undefined) {
    remember(tx, run, { resumed: JSON.stringify({ state, signal: early }) });
    tx.event(run, "run.due", { atMs: endedAtMs, data: { signal: early.name } });
    letGo(tx, run, endedAtMs);
    return run.status;
  }
  run.status = "waiting";
  run.waitUntilMs = dueAtMs ?? null;
  run.answerByMs = answerByMs ?? null;
  const isInstant = settlement.dueIsInstant === true;
  run.wait = JSON.stringify({
    state,
    ...(question === undefined ? {} : { question }),
    ...(signal === undefined ? {} : { signal }),
    ...(isInstant ? { isInstant } : {}),
  });
  putHeld(tx, run);
  return run.status;
}

/** A signal that came before the run waited for it. */
function takeEarlySignal(tx: Tx, run: RunRow, name: string) {
  const signals = memoOf(tx, run).signals ?? [];
  const early = signals.find((signal) => signal.name === name);
  if (early !== undefined) remember(tx, run, { signals: signals.filter((signal) => signal !== early) });
  return early;
}
