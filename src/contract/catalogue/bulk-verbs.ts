// Verbs on all that a filter matches: looked at first (`dryRun`), then done to the number that was seen.

import { z } from "zod";
import { runVocabulary, taskVocabulary } from "../../domain/filter/vocabularies.ts";
import { operation } from "../operation.ts";
import { bulkFields, bulkOut } from "../schema/bulk.ts";
import { durationSchema, instantSchema, reasonSchema } from "../schema/scalars.ts";

const bulk = {
  output: bulkOut,
  permission: "operator",
  idempotent: true,
  errors: ["COUNT_MISMATCH", "NOT_FOUND"],
  mcp: { none: "a model changes one thing at a time; what is done in bulk is left to people" },
  say: { none: "what is done in bulk is looked at before" },
} as const;

const repeat =
  "Works in batches, each committed by itself; closing the request ends it after the batch at hand. Repeating it is harmless.";
const sampleColumns = ["id", "name", "type", "status"];

const reason = reasonSchema.optional();
const grace = durationSchema.describe("Between the abort signal and force").optional();
const force = z.boolean().describe("No grace at all").optional();
const resumeAt = instantSchema.describe("When they go on by themselves").optional();

export const bulkVerbOperations = {
  "runs.bulkCancel": operation("runs.bulkCancel", {
    ...bulk,
    summary: { en: "Cancel all runs that a filter matches", zh: "取消筛选出的所有运行" },
    description: repeat,
    input: z.strictObject({ ...bulkFields(runVocabulary), reason, grace, force }),
    effect: "destroys",
    cli: { noun: "runs", verb: "bulk-cancel", columns: sampleColumns },
  }),
  "runs.bulkRetry": operation("runs.bulkRetry", {
    ...bulk,
    summary: { en: "Run again all ended runs that a filter matches", zh: "重新运行筛选出的所有已结束的运行" },
    description: `A run that has been retried before, by whomever, is refused. ${repeat}`,
    input: z.strictObject({
      ...bulkFields(runVocabulary),
      revision: z
        .enum(["pinned", "latest"])
        .describe("The definition each run was created under (default), or the present one")
        .optional(),
    }),
    effect: "changes",
    undo: "runs.bulkCancel",
    cli: { noun: "runs", verb: "bulk-retry", columns: sampleColumns },
  }),
  "runs.bulkPause": operation("runs.bulkPause", {
    ...bulk,
    summary: { en: "Pause all runs that a filter matches", zh: "暂停筛选出的所有运行" },
    description: repeat,
    input: z.strictObject({ ...bulkFields(runVocabulary), reason, resumeAt }),
    effect: "changes",
    undo: "runs.bulkResume",
    cli: { noun: "runs", verb: "bulk-pause", columns: sampleColumns },
  }),
  "runs.bulkResume": operation("runs.bulkResume", {
    ...bulk,
    summary: { en: "Resume all paused runs that a filter matches", zh: "恢复筛选出的所有已暂停的运行" },
    description: repeat,
    input: z.strictObject({ ...bulkFields(runVocabulary) }),
    effect: "changes",
    undo: "runs.bulkPause",
    cli: { noun: "runs", verb: "bulk-resume", columns: sampleColumns },
  }),
  "tasks.bulkPause": operation("tasks.bulkPause", {
    ...bulk,
    summary: { en: "Pause all tasks that a filter matches", zh: "暂停筛选出的所有任务" },
    description: repeat,
    input: z.strictObject({ ...bulkFields(taskVocabulary), reason, resumeAt }),
    effect: "changes",
    undo: "tasks.bulkResume",
    cli: { noun: "tasks", verb: "bulk-pause", columns: sampleColumns },
  }),
  "tasks.bulkResume": operation("tasks.bulkResume", {
    ...bulk,
    summary: { en: "Resume all paused tasks that a filter matches", zh: "恢复筛选出的所有已暂停的任务" },
    description: repeat,
    input: z.strictObject({
      ...bulkFields(taskVocabulary),
      from: z
        .enum(["now", "paused-at"])
        .describe("`now` skips the instants of the pause, `paused-at` gives them to the misfire rule")
        .optional(),
    }),
    effect: "changes",
    undo: "tasks.bulkPause",
    cli: { noun: "tasks", verb: "bulk-resume", columns: sampleColumns },
  }),
  "tasks.bulkCancel": operation("tasks.bulkCancel", {
    ...bulk,
    summary: { en: "Stop for good all tasks that a filter matches", zh: "彻底取消筛选出的所有任务" },
    description: repeat,
    input: z.strictObject({
      ...bulkFields(taskVocabulary),
      reason,
      grace,
      force,
      runs: z.enum(["cancel", "finish"]).describe("What becomes of live runs; default cancel").optional(),
    }),
    effect: "destroys",
    cli: { noun: "tasks", verb: "bulk-cancel", columns: sampleColumns },
  }),
  "tasks.bulkDelete": operation("tasks.bulkDelete", {
    ...bulk,
    summary: {
      en: "Delete all tasks that a filter matches, and cancel their live runs",
      zh: "删除筛选出的所有任务并取消其未结束的运行",
    },
    description: repeat,
    input: z.strictObject({ ...bulkFields(taskVocabulary) }),
    effect: "destroys",
    cli: { noun: "tasks", verb: "bulk-delete", columns: sampleColumns },
  }),
};
