// From what a caller wrote about a task to what the engine takes: the domain's names, durations in milliseconds.

import { dependenciesNotFound } from "../domain/dependency.ts";
import type { Dependency } from "../domain/task.ts";
import type { DedupInput, TaskInput, TaskPatch } from "../domain/task-input.ts";
import type { ParsedOf } from "../contract/catalogue.ts";
import { ownerOfNew, visibleTaskKey } from "./lookup.ts";
import { present, when } from "./present.ts";
import type { Call } from "./services.ts";

type Patch = Omit<ParsedOf<"tasks.update">, "id" | "expectedRevision">;

/** @throws DEPENDENCY_NOT_FOUND, FORBIDDEN (another user's) */
export async function newTaskInput(input: ParsedOf<"tasks.create">, call: Call): Promise<TaskInput> {
  const { type, status, ...fields } = input;
  const userId = ownerOfNew(fields.userId, call);
  // No field of a new task can be null: the schema has refused it.
  const definition = (await definitionFields({ ...fields, userId }, call)) as Omit<
    TaskInput,
    "name" | "type" | "status"
  >;
  return present({ ...definition, name: input.name, type, status });
}

/** @throws DEPENDENCY_NOT_FOUND, FORBIDDEN (another user's) */
export async function taskPatch(input: Patch, call: Call): Promise<TaskPatch> {
  if (input.userId !== undefined) ownerOfNew(input.userId, call);
  return definitionFields(input, call);
}

async function definitionFields(input: Patch, call: Call): Promise<TaskPatch> {
  const {
    timeout,
    deadline,
    expireAfter,
    retry,
    misfire,
    overlap,
    retention,
    dependsOn,
    concurrency,
    dedup,
    windows,
    ...plain
  } = input;
  return present({
    ...plain,
    timeoutMs: timeout,
    deadlineMs: deadline,
    expireAfterMs: expireAfter,
    overlap: keepNull(overlap, (value) => present(value)),
    retry: keepNull(retry, ({ delay, maxDelay, ...rest }) =>
      present({ ...rest, delayMs: delay, maxDelayMs: maxDelay }),
    ),
    misfire: keepNull(misfire, (value) => misfireOf(value)),
    retention: keepNull(retention, ({ success, failure }) =>
      present({ successMs: success, failureMs: failure }),
    ),
    concurrency: keepNull(concurrency, (value) => present(value)),
    dedup: keepNull(dedup, dedupOf),
    windows: keepNull(windows, (list) => list.map((window) => present(window))),
    dependsOn: dependsOn && (await dependencies(dependsOn, call)),
  });
}

export function dedupOf({ window, ...rest }: NonNullable<Patch["dedup"]>): DedupInput {
  return present({ ...rest, windowMs: window });
}

export function misfireOf({ grace, maxAge, ...rest }: NonNullable<Patch["misfire"]>) {
  return present({ ...rest, graceMs: grace, maxAgeMs: maxAge });
}

/** A caller that is bound to a user can only wait for tasks it sees. */
async function dependencies(
  list: NonNullable<Patch["dependsOn"]>,
  call: Call,
): Promise<readonly Dependency[]> {
  const keys = await Promise.all(list.map(({ task }) => visibleTaskKey(task, call)));
  const unknown = list.flatMap(({ task: id }, index) => (keys[index] === undefined ? [{ index, id }] : []));
  if (unknown.length > 0) throw dependenciesNotFound(unknown);
  return list.flatMap((dependency, index): readonly Dependency[] => {
    const taskKey = keys[index];
    const within = "within" in dependency ? dependency.within : undefined;
    return taskKey === undefined ? [] : [present({ taskKey, withinMs: within })];
  });
}

function keepNull<T, R>(value: T | null | undefined, change: (value: T) => R): R | null | undefined {
  return value === null ? null : when(value, change);
}
