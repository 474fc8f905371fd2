// The values that runs, tasks and occurrences have in the fields of the filter language: what lists are held against.

import type { ValuesOf } from "../../domain/filter/evaluate.ts";
import type { Key } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { Occurrence } from "../../domain/occurrence.ts";
import type { Run } from "../../domain/run.ts";
import type { Task } from "../../domain/task.ts";

type Tasks = ReadonlyMap<Key, Task>;

export function runValues(run: Run, tasks: Tasks): ValuesOf {
  const { result, startedAtMs, finishedAtMs } = run;
  const definition = tasks.get(run.taskKey)?.definition;
  const message = [result?.message ?? "", result?.error?.message ?? ""].find((text) => text !== "");
  return values({
    id: run.key,
    status: run.status,
    type: run.type,
    tag: definition?.tags,
    queue: run.queue,
    priority: run.priority,
    taskId: run.taskKey,
    userId: run.userId,
    conversationId: run.conversationId,
    name: definition?.name,
    createdAt: run.createdAtMs,
    scheduledFor: run.scheduledForMs ?? run.dueAtMs,
    startedAt: startedAtMs,
    finishedAt: finishedAtMs,
    duration:
      startedAtMs === undefined || finishedAtMs === undefined ? undefined : finishedAtMs - startedAtMs,
    attempt: run.attempt,
    error: result?.error?.code,
    message,
    concurrencyKey: run.concurrencyKey,
    startedBy: run.startedBy.kind,
    question: run.question?.prompt,
    params: [run.params],
  });
}

export function taskValues({ key, definition, status, ...task }: Task): ValuesOf {
  return values({
    id: key,
    status,
    type: definition.type,
    tag: definition.tags,
    queue: definition.queue,
    priority: definition.priority,
    userId: definition.userId,
    conversationId: definition.conversationId,
    externalId: definition.externalId,
    name: [definition.name, definition.description].filter((text) => text !== undefined),
    trigger: definition.trigger.kind,
    createdAt: task.createdAtMs,
    updatedAt: task.updatedAtMs,
    nextFireAt: task.nextFireAtMs,
    params: [definition.params],
  });
}

export function occurrenceValues(occurrence: Occurrence, tasks: Tasks): ValuesOf {
  const { taskKey, runKey, scheduledForMs, decidedAtMs, dueAtMs, decision, reason } = occurrence;
  const definition = tasks.get(taskKey)?.definition;
  return values({
    taskId: taskKey,
    runId: runKey,
    type: definition?.type,
    tag: definition?.tags,
    userId: definition?.userId,
    name: definition?.name,
    decision,
    reason,
    scheduledFor: scheduledForMs,
    decidedAt: decidedAtMs,
    lateness: Math.max(0, decidedAtMs - dueAtMs),
  });
}

/** A list holds the values of its field; what is not there has none. */
function values(fields: Readonly<Record<string, Json | undefined>>): ValuesOf {
  return (field) => {
    const value = fields[field];
    if (value === undefined) return [];
    return Array.isArray(value) ? (value as readonly Json[]) : [value]; // JSON lists hold JSON
  };
}
