// The handlers of the operations on backfills.

import { notFound } from "../domain/errors.ts";
import type { Backfill } from "../domain/backfill.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import type { Handlers } from "./handlers.ts";
import { findTask } from "./lookup.ts";
import { pageAnswer, pageRequest } from "./page.ts";
import { present, when } from "./present.ts";
import type { Call } from "./services.ts";
import { inZoneOf, utc, utcOrNothing } from "./time-text.ts";

const shownTimes = 10;

export const backfillHandlers: Handlers<
  "backfills.preview" | "backfills.create" | "backfills.list" | "backfills.get" | "backfills.cancel"
> = {
  "backfills.preview": async ({ taskId, from, to, limit }, call) => {
    const task = await findTask(taskId, call);
    const range = present({ fromMs: from, toMs: to, limit });
    const { planned, instantsMs } = await call.services.engine.backfills.preview(task, range);
    const time = inZoneOf(task.definition.trigger, call.services);
    return present({
      planned,
      first: when(instantsMs[0], time),
      last: when(instantsMs.at(-1), time),
      times: instantsMs.slice(0, shownTimes).map(time),
    });
  },
  "backfills.create": async ({ taskId, from, to, ...terms }, call) => {
    const task = await findTask(taskId, call);
    const input = present({ ...terms, fromMs: from, toMs: to });
    const { engine } = call.services;
    return backfillView(await engine.backfills.create(task, input, call.principal.actor), call);
  },
  "backfills.list": async ({ taskId, ...page }, call) => {
    const { key } = await findTask(taskId, call);
    const listed = await call.services.ledger.backfills.list(key, pageRequest(page));
    return pageAnswer(listed, (backfill) => backfillView(backfill, call));
  },
  "backfills.get": async ({ id }, call) => backfillView(await find(id, call), call),
  "backfills.cancel": async ({ id, reason }, call) => {
    const { key } = await find(id, call);
    const { engine } = call.services;
    const cancelled = await engine.backfills.cancel(key, present({ reason }), call.principal.actor);
    return backfillView(cancelled, call);
  },
};

/** @throws NOT_FOUND when there is no such backfill, or its task belongs to another user */
async function find(id: string, call: Call): Promise<Backfill> {
  const { ids, engine } = call.services;
  const key = ids.decode("backfill", id);
  if (key === undefined) throw notFound("backfill", id);
  const backfill = await engine.backfills.get(key);
  // Who is bound to a user sees what belongs to tasks it sees.
  if (call.principal.userId !== undefined) {
    await findTask(ids.encode("task", backfill.taskKey), call).catch(() => {
      throw notFound("backfill", id);
    });
  }
  return backfill;
}

function backfillView(backfill: Backfill, { services }: Call): OutputOf<"backfills.get"> {
  const { ids } = services;
  const { fromMs, toMs, cursorMs } = backfill;
  return present({
    id: ids.encode("backfill", backfill.key),
    taskId: ids.encode("task", backfill.taskKey),
    revision: backfill.revision,
    status: backfill.status,
    from: utc(fromMs),
    to: utc(toMs),
    overlap: backfill.overlap,
    priority: backfill.priority,
    reason: backfill.reason,
    actor: backfill.actor,
    planned: backfill.planned,
    created: backfill.created,
    live: backfill.live,
    completed: backfill.completed,
    failed: backfill.failed,
    cancelled: backfill.cancelled,
    madeThrough: cursorMs < fromMs ? undefined : utc(cursorMs),
    createdAt: utc(backfill.createdAtMs),
    finishedAt: utcOrNothing(backfill.finishedAtMs),
  });
}
