// A run as the ports show it, from its birth row, its state row and its pinned definition.

import { keyTimeMs, type Key } from "../../../domain/ids.ts";
import type { Result } from "../../../domain/outcome.ts";
import type { Run } from "../../../domain/run.ts";
import { isTerminal } from "../../../domain/run-state.ts";
import type { TaskDefinition } from "../../../domain/task.ts";
import { int, json, jsonObject, textOrNull } from "../row.ts";
import {
  parseCancel,
  parseExtra,
  parsePausedBy,
  parseWait,
  startedByOf,
  type Extra,
  type RunRow,
} from "../run-row.ts";
import { locate } from "../state/locate.ts";
import { memoOf } from "../state/memo.ts";
import type { Tx } from "../state/tx.ts";

export function readRun(tx: Tx, key: Key): Run | undefined {
  const run = locate(tx, key);
  return run === undefined ? undefined : toRun(tx, run);
}

/** What a verb answers about a run it has just changed. */
export function toRun(tx: Tx, run: RunRow): Run {
  const definition = tx.tasks.definition(run.taskKey, run.revision);
  const extra = parseExtra(run.extra);
  return {
    ...basics(tx, run, { definition, extra }),
    ...rarities(tx, run, extra),
    ...progressOf(tx, run),
    ...endOf(tx, run),
  };
}

function basics(
  tx: Tx,
  run: RunRow,
  { definition, extra }: { readonly definition: TaskDefinition; readonly extra: Extra },
): Run {
  const { userId, conversationId } = definition;
  const params = tx.sql.named("claim.params").get(run.key);
  const paramsText = params === undefined ? null : textOrNull(params, 0);
  return {
    key: run.key,
    taskKey: run.taskKey,
    revision: run.revision,
    claim: run.claim,
    attempt: run.attempt,
    recoveries: run.recoveries,
    interruptions: run.interruptions,
    version: run.version,
    type: definition.type,
    queue: tx.lanes.lane(run.laneId).queue.name,
    priority: extra.priority ?? definition.priority,
    status: run.status,
    params: paramsText === null ? definition.params : json(paramsText),
    dueAtMs: run.dueAtMs,
    maxAttempts: memoOf(tx, run).maxAttempts ?? definition.retry.maxAttempts,
    startedBy: startedByOf(run.origin, extra),
    createdAtMs: keyTimeMs(run.key),
    ...(userId === undefined ? {} : { userId }),
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(run.scheduledForMs === null ? {} : { scheduledForMs: run.scheduledForMs }),
    ...(run.startedAtMs === null ? {} : { startedAtMs: run.startedAtMs }),
    ...(run.workerKey === null ? {} : { workerId: tx.workerId(run.workerKey) }),
  };
}

function rarities(tx: Tx, run: RunRow, extra: Extra): Partial<Run> {
  const expireAtMs = memoOf(tx, run).expireAtMs ?? extra.expireAtMs;
  const pausedBy =
    run.phase === "claimed" ? (run.status === "paused" ? run.pauseWanted : null) : run.pausedBy;
  const pausedFrom = run.phase === "claimed" && run.status === "paused" ? "running" : run.pausedFrom;
  const { question } = parseWait(run.wait);
  return {
    ...(extra.concurrencyKey === undefined ? {} : { concurrencyKey: extra.concurrencyKey }),
    ...(expireAtMs === undefined ? {} : { expireAtMs }),
    ...(extra.deadlineAtMs === undefined ? {} : { deadlineAtMs: extra.deadlineAtMs }),
    ...(extra.retryOf === undefined ? {} : { retryOf: extra.retryOf }),
    ...(extra.backfill === undefined ? {} : { backfillKey: extra.backfill }),
    ...(run.cancel === null ? {} : { cancel: parseCancel(run.cancel) }),
    ...(pausedBy === null ? {} : { pausedBy: parsePausedBy(pausedBy) }),
    ...(pausedFrom === null ? {} : { pausedFrom }),
    ...(question === undefined ? {} : { question }),
    ...(run.waitUntilMs === null ? {} : { resumeAtMs: run.waitUntilMs }),
    ...(run.parkedOn === null ? {} : { heldBy: run.parkedOn.slice(0, run.parkedOn.indexOf(":")) }),
  };
}

function progressOf(tx: Tx, run: RunRow): Partial<Run> {
  const row = tx.sql.named("reports.progress").get(run.key);
  const progress = row === undefined ? null : textOrNull(row, 0);
  return progress === null ? {} : { progress: json(progress) };
}

function endOf(tx: Tx, run: RunRow): Partial<Run> {
  if (!isTerminal(run.status)) return {};
  const row = tx.sql.named("reports.end").get(run.key);
  if (row === undefined) return {};
  const finishedAtMs = int(row, 0);
  return { finishedAtMs, result: envelope(run, { stored: textOrNull(row, 1), finishedAtMs }) };
}

/** The envelope of S2: what is stored, with what follows from status and times. */
function envelope(
  run: RunRow,
  { stored, finishedAtMs }: { readonly stored: string | null; readonly finishedAtMs: number },
): Result {
  const parts = jsonObject(stored);
  const success = run.status === "completed";
  return {
    success,
    message: typeof parts["message"] === "string" ? parts["message"] : "",
    data: parts["data"] ?? null,
    error: (parts["error"] ?? null) as Result["error"], // written from a `RunError` only
    duration: run.startedAtMs === null ? null : Math.max(0, finishedAtMs - run.startedAtMs) / 1000,
    metadata: jsonObject(JSON.stringify(parts["metadata"] ?? null)),
  };
}
