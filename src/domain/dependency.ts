// What can be wrong with the tasks that a task waits for: they do not exist, or wait for each other (S1.88).

import { validationFailed, type RotaError } from "./errors.ts";
import type { Key } from "./ids.ts";

/** An entry of `dependsOn` that names no task its owner can see. */
export interface UnknownDependency {
  /** Its place in the list as the caller wrote it. */
  readonly index: number;
  readonly id: string;
}

export function dependenciesNotFound(unknown: readonly UnknownDependency[]): RotaError {
  const issues = unknown.map(({ index, id }) => ({
    path: `dependsOn.${index}`,
    code: "NOT_FOUND",
    message: `task ${id} not found`,
  }));
  return validationFailed(issues, "DEPENDENCY_NOT_FOUND");
}

/**
 * The cycle that `start` would close, as the keys along it (first = last), or undefined.
 *
 * @param dependenciesOf - the tasks a task waits for
 */
export function findCycle(
  start: Key,
  dependenciesOf: (key: Key) => readonly Key[],
): readonly Key[] | undefined {
  // Only cycles through `start` are asked for, so no task has to be entered twice.
  const entered = new Set<Key>();
  const path: Key[] = [start];
  const pending: Key[][] = [[...dependenciesOf(start)]];
  while (pending.length > 0) {
    const next = pending.at(-1)?.pop();
    if (next === undefined) {
      pending.pop();
      path.pop();
    } else if (next === start) {
      return [...path, start];
    } else if (!entered.has(next)) {
      entered.add(next);
      path.push(next);
      pending.push([...dependenciesOf(next)]);
    }
  }
  return undefined;
}
