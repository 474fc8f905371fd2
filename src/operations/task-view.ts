// A task as JSON.

import { credentialWarnings } from "../domain/credential-warning.ts";
import { formatDuration } from "../domain/duration.ts";
import type { Overlap, PausedBy, Task, TaskDefinition } from "../domain/task.ts";
import { describeTrigger } from "../domain/trigger/describe.ts";
import { triggerWarnings } from "../domain/trigger/warnings.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { present, when } from "./present.ts";
import type { TaskSummary } from "../ports/task-ledger.ts";
import type { Services } from "./services.ts";
import { inZoneOf, utc, utcOrNothing } from "./time-text.ts";

type TaskView = OutputOf<"tasks.get">;
type TaskItem = OutputOf<"tasks.list">["items"][number];
type CreatedTask = OutputOf<"tasks.createMany">["tasks"][number];

/** Instants shown with a single task. */
const shownTimes = 5;

/** A task as answers about one task show it. */
export async function taskView(task: Task, services: Services): Promise<TaskView> {
  return shown(await taskItem(task, services), task, services);
}

/** A task that was just made; nothing has to be looked up for it. */
export function newTaskView(task: Task, services: Services): TaskView {
  return shown(itemOf(task, noRuns, services), task, services);
}

function shown(item: TaskItem, task: Task, services: Services): TaskView {
  const warnings = credentialWarnings(task.definition.params);
  return { ...item, schedule: scheduleView(task, services), warnings };
}

/** A task as lists show it: without its schedule in words. */
export async function taskItem(task: Task, services: Services): Promise<TaskItem> {
  return itemOf(task, await services.ledger.tasks.summary(task.key), services);
}

/** A task that was made with many others. */
export function createdTask(task: Task, services: Services): CreatedTask {
  const { definition, status, revision, nextFireAtMs } = task;
  const { externalId, name, type, trigger } = definition;
  return {
    id: services.ids.encode("task", task.key),
    ...(externalId === undefined ? {} : { externalId }),
    name,
    type,
    status,
    revision,
    ...(nextFireAtMs === undefined ? {} : { nextFireAt: inZoneOf(trigger, services)(nextFireAtMs) }),
    createdAt: utc(task.createdAtMs),
  };
}

const noRuns: TaskSummary = { running: 0, live: 0 };

function itemOf(task: Task, { lastRun, running, live }: TaskSummary, services: Services): TaskItem {
  const { ids } = services;
  const { definition } = task;
  const time = inZoneOf(definition.trigger, services);
  return present({
    id: ids.encode("task", task.key),
    status: task.status,
    revision: task.revision,
    ...definitionView(definition, services),
    startedCount: task.startedCount,
    nextFireAt: when(task.nextFireAtMs, time),
    lastRun: when(lastRun, ({ key, status, dueAtMs, finishedAtMs }) =>
      present({
        id: ids.encode("run", key),
        status,
        scheduledFor: time(dueAtMs),
        finishedAt: utcOrNothing(finishedAtMs),
      }),
    ),
    running,
    live,
    pausedBy: when(task.pausedBy, pausedByView),
    createdAt: utc(task.createdAtMs),
    updatedAt: utc(task.updatedAtMs),
  });
}

/** What a task says, as callers write it. */
export function definitionView(
  definition: TaskDefinition,
  services: Pick<Services, "ids">,
): OutputOf<"tasks.revision">["definition"] {
  return present({
    externalId: definition.externalId,
    name: definition.name,
    description: definition.description,
    userId: definition.userId,
    conversationId: definition.conversationId,
    type: definition.type,
    params: definition.params,
    trigger: definition.trigger,
    ...policiesView(definition, services),
    tags: definition.tags,
    metadata: definition.metadata,
  });
}

function policiesView(definition: TaskDefinition, { ids }: Pick<Services, "ids">) {
  const { retry, misfire } = definition;
  return {
    queue: definition.queue,
    priority: definition.priority,
    retry: {
      maxAttempts: retry.maxAttempts,
      delay: formatDuration(retry.delayMs),
      backoff: retry.backoff,
      maxDelay: formatDuration(retry.maxDelayMs),
      jitter: retry.jitter,
      onExhausted: retry.onExhausted,
    },
    timeout: when(definition.timeoutMs, formatDuration),
    deadline: when(definition.deadlineMs, formatDuration),
    expireAfter: when(definition.expireAfterMs, formatDuration),
    overlap: overlapView(definition.overlap),
    misfire: present({
      policy: misfire.policy,
      grace: formatDuration(misfire.graceMs),
      maxAge: when(misfire.maxAgeMs, formatDuration),
      cap: misfire.cap,
    }),
    maxRuns: definition.maxRuns,
    dependsOn: definition.dependsOn.map(({ taskKey, withinMs }) => {
      const task = ids.encode("task", taskKey);
      return withinMs === undefined ? task : { task, within: formatDuration(withinMs) };
    }),
    onDependencyFailure: definition.onDependencyFailure,
    concurrency: definition.concurrency,
    dedup: when(definition.dedup, ({ key, onConflict, windowMs }) =>
      present({ key, onConflict, window: when(windowMs, formatDuration) }),
    ),
    windows: definition.windows,
    retention: when(definition.retention, ({ successMs, failureMs }) =>
      present({ success: when(successMs, formatDuration), failure: when(failureMs, formatDuration) }),
    ),
  };
}

/** The word alone, as most people write it; with `max` where that says something. */
function overlapView({ policy, max }: Overlap): TaskView["overlap"] {
  return policy === "queue" && max !== 1 ? { policy, max } : policy;
}

export function pausedByView(by: PausedBy): NonNullable<TaskView["pausedBy"]> {
  return present({ actor: by.actor, reason: by.reason, resumeAt: utcOrNothing(by.resumeAtMs) });
}

function scheduleView(task: Task, services: Services): TaskView["schedule"] {
  const { trigger } = task.definition;
  const { calculators, clock, defaults } = services;
  const time = inZoneOf(trigger, services);
  return {
    times: upcomingOf(task, shownTimes, services).map(time),
    description: describeTrigger(trigger, defaults.timezone, calculators),
    warnings: triggerWarnings(trigger, {
      calculators,
      anchorMs: task.anchorMs,
      defaultTimezone: defaults.timezone,
      fromMs: clock.now(),
    }),
  };
}

/** The next instants; a paused task shows those it would have, one that is over has none. */
export function upcomingOf(task: Task, count: number, { engine }: Services): readonly number[] {
  return task.status === "cancelled" || task.status === "completed" ? [] : engine.tasks.upcoming(task, count);
}
