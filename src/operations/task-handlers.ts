// The handlers of the operations on tasks.

import type { Page } from "../ports/page.ts";
import type { Run } from "../domain/run.ts";
import type { OutputOf, ParsedOf } from "../contract/catalogue.ts";
import { explanationView } from "./fleet-view.ts";
import type { Handlers } from "./handlers.ts";
import { findTask, ownerFilter, taskKeyFor } from "./lookup.ts";
import { collapsedOccurrences, expandedOccurrences } from "./occurrence-view.ts";
import { pageAnswer, pageRequest, whole, type ListAnswer } from "./page.ts";
import { present } from "./present.ts";
import { runView } from "./run-view.ts";
import type { Call } from "./services.ts";
import { newTaskInput, taskPatch } from "./task-input.ts";
import { newTaskView, taskItem, taskView, upcomingOf } from "./task-view.ts";
import { inZoneOf } from "./time-text.ts";
import { triggerInput } from "./trigger-input.ts";

export const taskHandlers: Handlers<
  | "tasks.create"
  | "tasks.list"
  | "tasks.get"
  | "tasks.update"
  | "tasks.delete"
  | "tasks.pause"
  | "tasks.resume"
  | "tasks.cancel"
  | "tasks.trigger"
  | "tasks.runs"
  | "tasks.occurrences"
  | "tasks.upcoming"
  | "tasks.explain"
  | "users.tasks"
> = {
  "tasks.create": async (input, call) => {
    const { engine } = call.services;
    const task = await engine.tasks.create(await newTaskInput(input, call), call.principal.actor);
    return newTaskView(task, call.services);
  },
  "tasks.list": (input, call) => listTasks(input, call),
  "users.tasks": (input, call) => listTasks(input, call),
  "tasks.get": async ({ id }, call) => taskView(await findTask(id, call), call.services),
  "tasks.update": async ({ id, expectedRevision, ...patch }, call) => {
    const key = await taskKeyFor(id, call);
    const options = present({ expectedRevision });
    const task = await call.services.engine.tasks.edit(
      key,
      await taskPatch(patch, call),
      options,
      call.principal.actor,
    );
    return taskView(task, call.services);
  },
  "tasks.delete": async ({ id, expectedRevision }, call) => {
    const key = await taskKeyFor(id, call);
    await call.services.engine.tasks.remove(key, present({ expectedRevision }), call.principal.actor);
    return null;
  },
  "tasks.pause": async ({ id, reason, resumeAt }, call) => {
    const options = present({ reason, resumeAtMs: resumeAt });
    const task = await call.services.engine.tasks.pause(
      await taskKeyFor(id, call),
      options,
      call.principal.actor,
    );
    return taskView(task, call.services);
  },
  "tasks.resume": async ({ id, from }, call) => {
    const key = await taskKeyFor(id, call);
    return taskView(
      await call.services.engine.tasks.resume(key, present({ from }), call.principal.actor),
      call.services,
    );
  },
  "tasks.cancel": async ({ id, reason, grace, force, runs, expectedRevision }, call) => {
    const options = present({ reason, graceMs: grace, force, runs, expectedRevision });
    const task = await call.services.engine.tasks.cancel(
      await taskKeyFor(id, call),
      options,
      call.principal.actor,
    );
    return taskView(task, call.services);
  },
  "tasks.trigger": trigger,
  "tasks.runs": async (
    { id, limit, cursor, status, type, queue, conversationId, createdFrom, createdUntil },
    call,
  ) => {
    const task = await findTask(id, call);
    const page = await call.services.ledger.runs.list({
      ...pageRequest({ limit, cursor }),
      ...present({
        status,
        type,
        queue,
        conversationId,
        createdFromMs: createdFrom,
        createdUntilMs: createdUntil,
      }),
      taskKey: task.key,
    });
    return runPage(page, call);
  },
  "tasks.occurrences": async ({ id, collapsed, ...page }, call) => {
    const task = await findTask(id, call);
    const list = collapsed === true ? collapsedOccurrences : expandedOccurrences;
    return list(task, pageRequest(page), call.services);
  },
  "tasks.upcoming": async ({ id, limit }, call) => {
    const task = await findTask(id, call);
    const time = inZoneOf(task.definition.trigger, call.services);
    return whole(
      upcomingOf(task, limit, call.services).map((ms) => ({ taskId: id, scheduledFor: time(ms) })),
    );
  },
  "tasks.explain": async ({ id }, call) => {
    const { key } = await findTask(id, call);
    return explanationView(await call.services.engine.explain.task(key));
  },
};

async function listTasks(input: ParsedOf<"tasks.list">, call: Call) {
  const { userId, status, type, priority, tag, conversationId, q, ...page } = input;
  const query = {
    ...pageRequest(page),
    ...present({ status, type, priority, tag, conversationId, text: q }),
    ...ownerFilter(userId, call),
  };
  return pageAnswer(await call.services.ledger.tasks.list(query), (task) => taskItem(task, call.services));
}

/** The new run, or with `wait` the run as it ended, or as it is when that time is over. */
async function trigger(
  { id, wait, ...input }: ParsedOf<"tasks.trigger">,
  call: Call,
): Promise<OutputOf<"tasks.trigger">> {
  const { engine, ledger } = call.services;
  const { runKey, isExisting } = await engine.tasks.trigger(
    await taskKeyFor(id, call),
    triggerInput(input),
    call.principal.actor,
  );
  const run = wait === undefined ? await ledger.runs.get(runKey) : undefined;
  const view = runView(run ?? (await engine.runs.waitForEnd(runKey, wait ?? 0)), call.services);
  return isExisting ? { ...view, deduplicated: true } : view;
}

export function runPage(page: Page<Run>, call: Call): Promise<ListAnswer<ReturnType<typeof runView>>> {
  return pageAnswer(page, (run) => runView(run, call.services));
}
