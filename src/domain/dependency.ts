// Finds cycles among tasks that wait for each other (S1.88).

import type { Key } from "./ids.ts";

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
