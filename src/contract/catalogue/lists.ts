// Lists across all tasks: what was decided, and what waits for a person.

import { z } from "zod";
import { occurrenceVocabulary, runVocabulary } from "../../domain/filter/vocabularies.ts";
import { decisionReasons, decisions } from "../../domain/occurrence.ts";
import { operation } from "../operation.ts";
import { listFields } from "../schema/filter.ts";
import { occurrenceOut } from "../schema/occurrence.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { runOut } from "../schema/run.ts";
import { idSchema, oneOrMore, userIdSchema } from "../schema/scalars.ts";

const reading = { permission: "viewer", effect: "reads", idempotent: true, errors: ["NOT_FOUND"] } as const;

export const listOperations = {
  "occurrences.list": operation("occurrences.list", {
    ...reading,
    summary: {
      en: "List the past instants of all tasks, newest first",
      zh: "列出所有任务已到期的时刻（最新在前）",
    },
    description:
      "In order of the instants themselves; a stretch of equal decisions is one item. " +
      "A page may be short, or empty, and still have a `nextCursor`: each looks at a bounded number of instants.",
    input: z.strictObject({
      taskId: idSchema("task").optional(),
      userId: userIdSchema.optional(),
      decision: oneOrMore(z.enum(decisions)).optional(),
      reason: oneOrMore(z.enum(decisionReasons)).optional(),
      ...listFields(occurrenceVocabulary),
      ...pageFields,
    }),
    output: pageOf(occurrenceOut),
    mcp: { none: "task_get and run_list answer what a model asks; the ledger of instants is for people" },
    say: { none: "what is said asks for the history of a task" },
    cli: {
      noun: "occurrences",
      verb: "list",
      columns: ["taskId", "scheduledFor", "decision", "reason", "runId", "latenessMs"],
    },
  }),
  "approvals.list": operation("approvals.list", {
    ...reading,
    summary: { en: "List the runs that wait for a person's answer", zh: "列出等待人回答的运行" },
    description: "Answer one with `runs.answer`.",
    input: z.strictObject({
      taskId: idSchema("task").optional(),
      userId: userIdSchema.optional(),
      ...listFields(runVocabulary),
      ...pageFields,
    }),
    output: pageOf(runOut),
    mcp: { tool: "run_list" },
    say: { intent: "question" },
    cli: {
      noun: "approvals",
      verb: "list",
      columns: ["id", "taskId", "type", "question.prompt", "createdAt"],
    },
  }),
};
