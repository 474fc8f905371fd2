// The handlers of the lists across all tasks.

import { every, oneOf, type Condition } from "../domain/filter/expression.ts";
import { occurrenceVocabulary } from "../domain/filter/vocabularies.ts";
import type { Key } from "../domain/ids.ts";
import type { Handlers } from "./handlers.ts";
import { filteredList } from "./filtered-list.ts";
import { findTask, ownerFilter } from "./lookup.ts";
import { occurrenceView } from "./occurrence-view.ts";
import { present } from "./present.ts";
import { listRuns } from "./run-list.ts";
import type { Services } from "./services.ts";
import { inZoneOf, utc } from "./time-text.ts";

/** A run that waits for a person: one that waits for time or a signal asks nothing. */
const isAsking: Condition = every([
  oneOf("status", ["waiting"]),
  { kind: "present", field: "question", path: [] },
]);

export const listHandlers: Handlers<"occurrences.list" | "approvals.list"> = {
  "approvals.list": (input, call) => listRuns(input, { name: "approvals.list", where: isAsking }, call),
  "occurrences.list": async (input, call) => {
    const { taskId, userId, decision, reason, limit } = input;
    const { ledger } = call.services;
    const list = filteredList("occurrences.list", input, { vocabulary: occurrenceVocabulary, call });
    const { where, ...request } = list.request;
    const conditions = [
      ...(decision === undefined ? [] : [oneOf("decision", decision)]),
      ...(reason === undefined ? [] : [oneOf("reason", reason)]),
      ...(where === undefined ? [] : [where]),
    ];
    const [scheduledForMs, taskKey] = list.after ?? [];
    const after =
      scheduledForMs === undefined || taskKey === undefined ? undefined : { scheduledForMs, taskKey };
    const { items, next } = await ledger.tasks.listOccurrences({
      ...request,
      limit,
      ...present({ after, where: conditions.length === 0 ? undefined : every(conditions) }),
      // A task that the caller may see is the caller's own, if it may see its own only.
      ...(taskId === undefined ? ownerFilter(userId, call) : { taskKey: (await findTask(taskId, call)).key }),
    });
    const times = await timesOf(new Set(items.map((item) => item.taskKey)), call.services);
    return {
      items: items.map((item) => occurrenceView(item, times.get(item.taskKey) ?? utc, call.services)),
      nextCursor: list.cursorAt(next && [next.scheduledForMs, next.taskKey]),
    };
  },
};

/** How the instants of each task are written: in its own zone, while there is the task. */
async function timesOf(
  keys: ReadonlySet<Key>,
  services: Services,
): Promise<ReadonlyMap<Key, (ms: number) => string>> {
  const tasks = await Promise.all(Array.from(keys, (key) => services.ledger.tasks.get(key)));
  const known = tasks.filter((task) => task !== undefined);
  return new Map(known.map(({ key, definition }) => [key, inZoneOf(definition.trigger, services)]));
}
