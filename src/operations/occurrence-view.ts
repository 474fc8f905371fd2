// Occurrences as JSON; stretches of equal decisions are shown instant by instant (SEM 19).

import type { Occurrence } from "../domain/occurrence.ts";
import type { Task } from "../domain/task.ts";
import { compileTrigger } from "../domain/trigger/compile.ts";
import type { PageRequest } from "../ports/page.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { instantsOf } from "./occurrence-instants.ts";
import { cursorOf } from "./page.ts";
import { present, when } from "./present.ts";
import type { Services } from "./services.ts";
import { inZoneOf, utc } from "./time-text.ts";

type Answer = OutputOf<"tasks.occurrences">;

/** One page, newest first, each stretch as one item. */
export async function collapsedOccurrences(
  task: Task,
  page: PageRequest,
  services: Services,
): Promise<Answer> {
  const time = inZoneOf(task.definition.trigger, services);
  const { items, next } = await services.ledger.tasks.occurrences(task.key, page);
  return { items: items.map((row) => occurrenceView(row, time, services)), nextCursor: cursorOf(next) };
}

/**
 * One page, newest first, one item for each instant. A page may end inside a stretch: the cursor is an instant, and the
 * ledger gives the stretch around it again.
 */
export async function expandedOccurrences(
  task: Task,
  page: PageRequest,
  services: Services,
): Promise<Answer> {
  const { items: rows, next } = await services.ledger.tasks.occurrences(task.key, page);
  const { calculators, defaults } = services;
  const context = { calculators, anchorMs: task.anchorMs, defaultTimezone: defaults.timezone };
  const compiled = compileTrigger(task.definition.trigger, context);
  const time = inZoneOf(task.definition.trigger, services);
  const instants: Occurrence[] = [];
  for (const row of rows) {
    for (const instant of instantsOf(row, compiled, page.after)) {
      if (instants.length === page.limit) return answer(instants, instants.at(-1)?.scheduledForMs);
      instants.push(instant);
    }
  }
  return answer(instants, next);

  function answer(items: readonly Occurrence[], nextPosition: number | undefined): Answer {
    return {
      items: items.map((item) => occurrenceView(item, time, services)),
      nextCursor: cursorOf(nextPosition),
    };
  }
}

/** @param time - writes the instants of its task */
export function occurrenceView(
  row: Occurrence,
  time: (ms: number) => string,
  { ids }: Services,
): Answer["items"][number] {
  return present({
    taskId: ids.encode("task", row.taskKey),
    scheduledFor: time(row.scheduledForMs),
    until: when(row.untilMs, time),
    count: row.count,
    dueAt: time(row.dueAtMs),
    decision: row.decision,
    reason: row.reason,
    runId: when(row.runKey, (key) => ids.encode("run", key)),
    into: when(row.intoRunKey, (key) => ids.encode("run", key)) ?? when(row.intoMs, time),
    latenessMs: Math.max(0, row.decidedAtMs - row.dueAtMs),
    decidedAt: utc(row.decidedAtMs),
  });
}
