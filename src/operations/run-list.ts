// Lists of runs, whichever operation asks for them.

import type { Condition } from "../domain/filter/expression.ts";
import { every } from "../domain/filter/expression.ts";
import { runVocabulary } from "../domain/filter/vocabularies.ts";
import type { Key } from "../domain/ids.ts";
import type { ParsedOf } from "../contract/catalogue.ts";
import { filteredList } from "./filtered-list.ts";
import { ownerFilter, taskKey } from "./lookup.ts";
import type { ListAnswer } from "./page.ts";
import { present, when } from "./present.ts";
import { runView } from "./run-view.ts";
import type { Call } from "./services.ts";

type AskedRuns = Partial<ParsedOf<"runs.list">> & { readonly limit: number };

export interface RunListTerms {
  readonly name: "runs.list" | "tasks.runs" | "approvals.list";
  /** Beside what was asked. */
  readonly where?: Condition;
  /** Instead of the `taskId` that was asked for. */
  readonly taskKey?: Key;
}

export async function listRuns(
  input: AskedRuns,
  terms: RunListTerms,
  call: Call,
): Promise<ListAnswer<ReturnType<typeof runView>>> {
  const { taskId, userId, limit, status, type, queue, conversationId, createdFrom, createdUntil } = input;
  const list = filteredList(terms.name, input, { vocabulary: runVocabulary, call });
  const { where, ...request } = list.request;
  const conditions = [terms.where, where].filter((one) => one !== undefined);
  const page = await call.services.ledger.runs.list({
    ...request,
    limit,
    ...present({
      after: list.after?.[0],
      where: conditions.length === 0 ? undefined : every(conditions),
      status,
      type,
      queue,
      conversationId,
      createdFromMs: createdFrom,
      createdUntilMs: createdUntil,
      taskKey: terms.taskKey ?? when(taskId, (id) => taskKey(id, call)),
    }),
    ...ownerFilter(userId, call),
  });
  return {
    items: page.items.map((run) => runView(run, call.services)),
    nextCursor: list.cursorAt(when(page.next, (next) => [next])),
  };
}
