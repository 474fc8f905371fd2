// Finds what an id names, as far as the caller may see it.

import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Run } from "../domain/run.ts";
import type { Task } from "../domain/task.ts";
import type { Call } from "./services.ts";

/** @throws NOT_FOUND when there is no such task, or it belongs to another user */
export async function findTask(id: string, call: Call): Promise<Task> {
  const task = await call.services.ledger.tasks.get(taskKey(id, call));
  if (task === undefined || !maySee(task.definition.userId, call)) throw notFound("task", id);
  return task;
}

/** @throws NOT_FOUND when there is no such run, or it belongs to another user */
export async function findRun(id: string, call: Call): Promise<Run> {
  const run = await call.services.ledger.runs.get(runKey(id, call));
  if (run === undefined || !maySee(run.userId, call)) throw notFound("run", id);
  return run;
}

/** The key of a task that is about to be changed: read first only where the caller is bound to a user. @throws NOT_FOUND */
export async function taskKeyFor(id: string, call: Call): Promise<Key> {
  return call.principal.userId === undefined ? taskKey(id, call) : (await findTask(id, call)).key;
}

/** The key of a task as {@link taskKeyFor} finds it; undefined when there is none. */
export async function visibleTaskKey(id: string, call: Call): Promise<Key | undefined> {
  const { ids, ledger } = call.services;
  const key = ids.decode("task", id);
  if (key === undefined || call.principal.userId === undefined) return key;
  const task = await ledger.tasks.get(key);
  return task !== undefined && maySee(task.definition.userId, call) ? key : undefined;
}

/** @throws NOT_FOUND */
export async function runKeyFor(id: string, call: Call): Promise<Key> {
  return call.principal.userId === undefined ? runKey(id, call) : (await findRun(id, call)).key;
}

/** Whose things a list shows: a bound caller's own. @throws NOT_FOUND when it asks for another user's */
export function ownerFilter(asked: string | undefined, { principal }: Call): { readonly userId?: string } {
  const { userId } = principal;
  if (userId !== undefined && asked !== undefined && asked !== userId) throw notFound("user", asked);
  const owner = userId ?? asked;
  return owner === undefined ? {} : { userId: owner };
}

/** Whose a new thing is. @throws FORBIDDEN when a bound caller names another user */
export function ownerOfNew(asked: string | null | undefined, { principal }: Call): string | null | undefined {
  const { userId } = principal;
  if (userId === undefined) return asked;
  if (asked !== undefined && asked !== userId) {
    throw new RotaError("FORBIDDEN", `this key belongs to user ${userId} and cannot act for another`);
  }
  return userId;
}

export function taskKey(id: string, { services }: Call): Key {
  const key = services.ids.decode("task", id);
  if (key === undefined) throw notFound("task", id);
  return key;
}

function runKey(id: string, { services }: Call): Key {
  const key = services.ids.decode("run", id);
  if (key === undefined) throw notFound("run", id);
  return key;
}

function maySee(owner: string | undefined, { principal }: Call): boolean {
  return principal.userId === undefined || principal.userId === owner;
}
