// A run, and what hangs on it, as JSON.

import type { RunHistoryEvent } from "../domain/event.ts";
import type { Result } from "../domain/outcome.ts";
import type { Attempt, Run } from "../domain/run.ts";
import type { LogEntry, OutputEntry } from "../ports/run-ledger.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { present, when } from "./present.ts";
import type { Services } from "./services.ts";
import { pausedByView } from "./task-view.ts";
import { utc, utcOrNothing } from "./time-text.ts";

type Item<Name extends "runs.events" | "runs.logs" | "runs.output" | "runs.attempts"> =
  OutputOf<Name>["items"][number];

export function runView(run: Run, { ids }: Pick<Services, "ids">): OutputOf<"runs.get"> {
  const { startedAtMs, finishedAtMs, result } = run;
  return present({
    id: ids.encode("run", run.key),
    taskId: ids.encode("task", run.taskKey),
    parentRunId: when(run.parentKey, (key) => ids.encode("run", key)),
    stepId: run.stepId,
    retryOf: when(run.retryOf, (key) => ids.encode("run", key)),
    backfillId: when(run.backfillKey, (key) => ids.encode("backfill", key)),
    type: run.type,
    status: run.status,
    revision: run.revision,
    scheduledFor: utc(run.scheduledForMs ?? run.dueAtMs),
    dueAt: utc(run.dueAtMs),
    attempt: run.attempt,
    maxAttempts: run.maxAttempts,
    claim: run.claim,
    recoveries: run.recoveries,
    interruptions: run.interruptions,
    params: run.params,
    result: when(result, resultView),
    error: result?.error ?? undefined,
    progress: run.progress,
    queue: run.queue,
    priority: run.priority,
    concurrencyKey: run.concurrencyKey,
    userId: run.userId,
    conversationId: run.conversationId,
    workerId: run.workerId,
    createdAt: utc(run.createdAtMs),
    startedAt: utcOrNothing(startedAtMs),
    finishedAt: utcOrNothing(finishedAtMs),
    durationMs:
      startedAtMs === undefined || finishedAtMs === undefined ? undefined : finishedAtMs - startedAtMs,
    deadlineAt: utcOrNothing(run.deadlineAtMs),
    expireAt: utcOrNothing(run.expireAtMs),
    resumeAt: utcOrNothing(run.resumeAtMs),
    startedBy: run.startedBy,
    cancel: when(run.cancel, ({ cause, actor, reason, requestedAtMs, stateOnly }) =>
      present({ cause, actor, reason, requestedAt: utc(requestedAtMs), stateOnly }),
    ),
    pausedBy: when(run.pausedBy, pausedByView),
    question: run.question,
    heldBy: run.heldBy,
  });
}

/** An envelope of a failure always says what happened, also where only the error does. */
function resultView(result: Result): Result {
  return result.message === "" && result.error !== null
    ? { ...result, message: result.error.message }
    : result;
}

export function eventView({ seq, type, atMs, data }: RunHistoryEvent): Item<"runs.events"> {
  return present({ seq, type, at: utc(atMs), data });
}

export function logView({ index, atMs, level, message, fields, claim }: LogEntry): Item<"runs.logs"> {
  return present({ index, at: utc(atMs), level, message, fields, claim });
}

export function outputView({ index, chunk }: OutputEntry): Item<"runs.output"> {
  return { index, chunk };
}

export function attemptView(attempt: Attempt): Item<"runs.attempts"> {
  return present({
    claim: attempt.claim,
    attempt: attempt.attempt,
    workerId: attempt.workerId,
    startedAt: utc(attempt.startedAtMs),
    endedAt: utcOrNothing(attempt.endedAtMs),
    endedBy: attempt.endedBy,
    error: attempt.error ?? undefined,
  });
}
