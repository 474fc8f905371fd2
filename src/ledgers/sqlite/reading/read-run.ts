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

/** Texts of a run that lie beside its rows. */
export interface RunTexts {
  /** JSON; null: the definition's own. */
  readonly params: string | null;
  readonly progress: string | null;
  /** Of a run that has ended. */
  readonly finishedAtMs: number | null;
  readonly result: string | null;
}

/** What a verb answers about a run it has just changed. */
export function toRun(tx: Tx, run: RunRow, texts: RunTexts = readTexts(tx, run)): Run {
  const definition = tx.tasks.definition(run.taskKey, run.revision);
  const extra = parseExtra(run.extra);
  const { finishedAtMs } = texts;
  return {
    ...basics(tx, run, { definition, extra, params: texts.params }),
    ...rarities(tx, run, extra),
    ...(texts.progress === null ? {} : { progress: json(texts.progress) }),
    ...(finishedAtMs === null
      ? {}
      : { finishedAtMs, result: envelope(run, { stored: texts.result, finishedAtMs }) }),
  };
}

function readTexts(tx: Tx, run: RunRow): RunTexts {
  const params = tx.sql.named("claim.params").get(run.key);
  const progress = tx.sql.named("reports.progress").get(run.key);
  const end = isTerminal(run.status) ? tx.sql.named("reports.end").get(run.key) : undefined;
  return {
    params: params === undefined ? null : textOrNull(params, 0),
    progress: progress === undefined ? null : textOrNull(progress, 0),
    finishedAtMs: end === undefined ? null : int(end, 0),
    result: end === undefined ? null : textOrNull(end, 1),
  };
}

function basics(
  tx: Tx,
  run: RunRow,
  {
    definition,
    extra,
    params,
  }: { readonly definition: TaskDefinition; readonly extra: Extra; readonly params: string | null },
): Run {
  const { userId, conversationId } = definition;
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
    params: params === null ? definition.params : json(params),
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
    ...(run.cancel === null ? {} : { cancel: parseCancel(run.cancel) }),
    ...(pausedBy === null ? {} : { pausedBy: parsePausedBy(pausedBy) }),
    ...(pausedFrom === null ? {} : { pausedFrom }),
    ...(question === undefined ? {} : { question }),
    ...(run.waitUntilMs === null ? {} : { resumeAtMs: run.waitUntilMs }),
    ...(run.parkedOn === null ? {} : { heldBy: run.parkedOn.slice(0, run.parkedOn.indexOf(":")) }),
  };
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
