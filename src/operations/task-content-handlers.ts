// The handlers of the operations on what a task says.

import { notFound } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { TaskRevision } from "../ports/task-ledger.ts";
import type { Handlers } from "./handlers.ts";
import { findTask, taskKeyFor } from "./lookup.ts";
import { cursorOf, pageRequest } from "./page.ts";
import { present, when } from "./present.ts";
import { revisionItem, revisionView } from "./revision-view.ts";
import type { Call } from "./services.ts";
import { newTaskInput } from "./task-input.ts";
import { taskView } from "./task-view.ts";

export const taskContentHandlers: Handlers<
  "tasks.upsert" | "tasks.revisions" | "tasks.revision" | "tasks.revert"
> = {
  "tasks.upsert": async ({ expectedRevision, ...input }, call) => {
    const { engine } = call.services;
    const fields = { ...(await newTaskInput(input, call)), externalId: input.externalId };
    const options = present({ expectedRevision });
    const { task, outcome } = await engine.tasks.upsert(fields, options, call.principal.actor);
    return { ...(await taskView(task, call.services)), outcome };
  },
  "tasks.revisions": async ({ id, ...page }, call) => {
    const { services } = call;
    const { key } = await findTask(id, call);
    const { items, next } = await services.ledger.tasks.revisions(key, pageRequest(page));
    const older = await when(next, (revision) => find(key, revision - 1, call));
    const shown = items.map((each, at) =>
      revisionItem(key, each, { before: items[at + 1] ?? older, services }),
    );
    return { items: shown, nextCursor: cursorOf(next) };
  },
  "tasks.revision": async ({ id, revision, against = revision - 1 }, call) => {
    const { key } = await findTask(id, call);
    const shown = await found(key, revision, call);
    const other = against === 0 ? undefined : await found(key, against, call);
    return revisionView(key, shown, { against: other, services: call.services });
  },
  "tasks.revert": async ({ id, revision, expectedRevision }, call) => {
    const key = await taskKeyFor(id, call);
    const options = present({ expectedRevision });
    return taskView(await call.services.engine.tasks.revert(key, revision, options), call.services);
  },
};

async function find(key: Key, revision: number, { services }: Call): Promise<TaskRevision | undefined> {
  const { items } = await services.ledger.tasks.revisions(key, { limit: 1, after: revision + 1 });
  return items.find((each) => each.revision === revision);
}

/** @throws NOT_FOUND */
async function found(key: Key, revision: number, call: Call): Promise<TaskRevision> {
  const known = await find(key, revision, call);
  if (known === undefined) throw notFound("revision", String(revision));
  return known;
}
