// Takes a stretch of equal decisions apart into its instants (SEM 19).

import type { Occurrence } from "../domain/occurrence.ts";
import type { CompiledTrigger } from "../domain/trigger/compile.ts";
import { searchWork, Work } from "../domain/trigger/work.ts";

/**
 * The instants of a row, newest first, as rows of their own. A stretch that the trigger does not know any more, because
 * it was edited since, stays together.
 *
 * @param beforeMs - only instants before this one
 */
export function* instantsOf(
  row: Occurrence,
  trigger: Pick<CompiledTrigger, "previous">,
  beforeMs = Infinity,
): Generator<Occurrence, void> {
  const { untilMs, count: _, ...first } = row;
  if (untilMs === undefined || trigger.previous(untilMs + 1) !== untilMs) {
    yield row;
    return;
  }
  const work = new Work(searchWork);
  let atMs = trigger.previous(Math.min(beforeMs, untilMs + 1), work, row.scheduledForMs);
  while (atMs !== undefined && atMs > row.scheduledForMs) {
    yield { ...first, scheduledForMs: atMs, dueAtMs: atMs + (row.dueAtMs - row.scheduledForMs) };
    atMs = trigger.previous(atMs, work, row.scheduledForMs);
  }
  yield first;
}
