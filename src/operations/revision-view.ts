// The revisions of a task as JSON, and what differs between them.

import type { Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { jsonDiff, type JsonChange } from "../domain/json-diff.ts";
import type { TaskRevision } from "../ports/task-ledger.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { present, when } from "./present.ts";
import type { Services } from "./services.ts";
import { definitionView } from "./task-view.ts";
import { utc } from "./time-text.ts";

/** One item of the list; `before` is the revision it was made from. */
export function revisionItem(
  taskKey: Key,
  revision: TaskRevision,
  { before, services }: { readonly before: TaskRevision | undefined; readonly services: Services },
): OutputOf<"tasks.revisions">["items"][number] {
  const changes = before === undefined ? [] : changesBetween(before, revision, services);
  return { ...headOf(taskKey, revision, services), changed: changes.map(({ path }) => path) };
}

export function revisionView(
  taskKey: Key,
  revision: TaskRevision,
  { against, services }: { readonly against: TaskRevision | undefined; readonly services: Services },
): OutputOf<"tasks.revision"> {
  return present({
    ...headOf(taskKey, revision, services),
    definition: definitionView(revision.definition, services),
    against: against?.revision,
    changes: when(against, (other) => changesBetween(other, revision, services)),
  });
}

function headOf(taskKey: Key, { revision, createdAtMs }: TaskRevision, { ids }: Services) {
  return { taskId: ids.encode("task", taskKey), revision, createdAt: utc(createdAtMs) };
}

/** In the words in which callers write definitions, so that a pointer leads to a field they know. */
function changesBetween(
  before: TaskRevision,
  after: TaskRevision,
  services: Services,
): readonly JsonChange[] {
  const said = ({ definition }: TaskRevision) => asJson(definitionView(definition, services));
  return jsonDiff(said(before), said(after));
}

function asJson(view: unknown): Json {
  return JSON.parse(JSON.stringify(view)) as Json; // an answer is JSON
}
