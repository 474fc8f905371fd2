// The task: what a caller says to make or change one, and how it is shown.

import { z } from "zod";
import { runStatuses } from "../../domain/run-state.ts";
import { taskStatuses } from "../../domain/task-state.ts";
import { warningCodes } from "../../domain/trigger/warnings.ts";
import { dedupOut, taskDedupSchema } from "./dedup.ts";
import {
  concurrencySchema,
  dependencyOut,
  dependencySchema,
  misfireOut,
  misfireSchema,
  onDependencyFailureSchema,
  overlapOut,
  overlapSchema,
  retentionOut,
  retentionSchema,
  retryOut,
  retrySchema,
} from "./policies.ts";
import {
  durationOut,
  instantOut,
  jsonObjectSchema,
  jsonSchema,
  lineSchema,
  positiveDurationSchema,
  prioritySchema,
  queueNameSchema,
  textSchema,
  typeSchema,
  userIdSchema,
  wordsOut,
} from "./scalars.ts";
import { triggerInputSchema, triggerSchema, windowSchema } from "./trigger.ts";

const name = lineSchema(200).describe("For people, for example `Morning report`");
const params = jsonSchema.describe("What every run gets, checked by the executor's own schema");
const tags = z.array(lineSchema(100)).max(50).describe("Words to find it by");
const dependsOn = z.array(dependencySchema).max(100).describe("Tasks whose newest run must have completed");
const windows = z.array(windowSchema).max(100).describe("Local hours in which it may start");

/** Fields of a definition that need not be given, and that an edit with `null` removes. */
const optional = {
  description: textSchema(10_000),
  externalId: lineSchema(200).describe("Your own id for it; unique for each owner"),
  userId: userIdSchema,
  conversationId: lineSchema(200),
  queue: queueNameSchema,
  priority: prioritySchema,
  retry: retrySchema,
  timeout: positiveDurationSchema.describe("Longest time of one attempt"),
  deadline: positiveDurationSchema.describe("Longest time of the whole run, from its creation"),
  expireAfter: positiveDurationSchema.describe("A run that has not begun by then ends `timed_out`"),
  overlap: overlapSchema,
  misfire: misfireSchema,
  maxRuns: z.int().min(1).describe("Occurrences that may start a run in all"),
  dependsOn,
  onDependencyFailure: onDependencyFailureSchema,
  concurrency: concurrencySchema,
  dedup: taskDedupSchema,
  windows,
  retention: retentionSchema,
  tags,
  metadata: jsonObjectSchema.describe("Free-form; kept and shown"),
};

type Optional<Fields extends z.ZodRawShape> = { [Field in keyof Fields]: z.ZodOptional<Fields[Field]> };
type Removable<Fields extends z.ZodRawShape> = {
  [Field in keyof Fields]: z.ZodOptional<z.ZodNullable<Fields[Field]>>;
};

/** What `If-Match` carries. */
export const expectedRevision = z
  .int()
  .min(1)
  .describe("Refuse unless the task still has this revision")
  .optional();

/** `POST /tasks`. */
export const newTaskFields = {
  name,
  type: typeSchema,
  params: params.optional(),
  trigger: triggerInputSchema.optional(),
  ...(each(optional, (field) => field.optional()) as Optional<typeof optional>), // `each` keeps the names
  status: z
    .enum(["active", "paused"])
    .describe("`paused` creates it without starting its schedule")
    .optional(),
};

/** `PATCH /tasks/{id}`: what is absent stays, `null` removes. */
export const taskPatchFields = {
  name: name.optional(),
  params: params.optional(),
  trigger: triggerInputSchema.optional(),
  ...(each(optional, (field) => field.nullable().optional()) as Removable<typeof optional>), // `each` keeps the names
};

function each(fields: z.ZodRawShape, change: (field: z.ZodType) => z.ZodType): z.ZodRawShape {
  return Object.fromEntries(
    // Our own fields are full schemas, which the type of a shape does not tell.
    Object.entries(fields).map(([name, field]) => [name, change(field as z.ZodType)]),
  );
}

export const pausedByOut = z
  .object({ actor: z.string(), reason: z.string().optional(), resumeAt: instantOut.optional() })
  .meta({ id: "PausedBy" });

/** What a person should know about a schedule before relying on it. */
export const warningOut = z
  .object({
    code: z.enum(warningCodes),
    message: wordsOut,
    at: z.string().optional().describe("When it happens"),
  })
  .meta({ id: "Warning" });

/** A schedule in times and words. */
export const scheduleOut = z
  .object({
    times: z.array(instantOut).describe("The next instants, with the offset of the trigger's zone"),
    description: wordsOut,
    warnings: z.array(warningOut),
  })
  .meta({ id: "Schedule" });

/** What a task says: what its revisions keep. */
const definitionFields = {
  externalId: z.string().optional(),
  name: z.string(),
  description: z.string().optional(),
  userId: z.string().optional(),
  conversationId: z.string().optional(),
  type: z.string(),
  params: jsonSchema,
  trigger: triggerSchema,
  queue: z.string(),
  priority: z.int(),
  retry: retryOut,
  timeout: durationOut.optional(),
  deadline: durationOut.optional(),
  expireAfter: durationOut.optional(),
  overlap: overlapOut,
  misfire: misfireOut,
  maxRuns: z.int().optional(),
  dependsOn: z.array(dependencyOut),
  onDependencyFailure: onDependencyFailureSchema,
  concurrency: concurrencySchema.optional(),
  dedup: dedupOut.optional(),
  windows: z.array(windowSchema).optional(),
  retention: retentionOut.optional(),
  tags: z.array(z.string()),
  metadata: jsonObjectSchema,
};
export const definitionOut = z.object(definitionFields).meta({ id: "Definition" });

/** What a person should know about what a task says. */
const credentialWarningOut = z
  .object({ code: z.literal("CREDENTIAL_IN_PARAMS"), path: z.string(), message: wordsOut })
  .meta({ id: "CredentialWarning" });

const taskFields = {
  id: z.string(),
  status: z.enum(taskStatuses),
  revision: z.int().describe("Counts edits; the ETag"),
  ...definitionFields,
  startedCount: z.int().describe("Occurrences that started a run so far"),
  nextFireAt: instantOut
    .optional()
    .describe("When it is due next; absent when nothing is left or it is paused"),
  lastRun: z
    .object({
      id: z.string(),
      status: z.enum(runStatuses),
      scheduledFor: instantOut,
      finishedAt: instantOut.optional(),
    })
    .optional(),
  running: z.int().describe("Runs at work now"),
  live: z.int().describe("Runs that have not ended"),
  pausedBy: pausedByOut.optional(),
  createdAt: instantOut,
  updatedAt: instantOut,
};

/** A task that was made with many others: what its maker does not know yet, and what tells it apart. */
export const createdTaskOut = z
  .object({
    id: taskFields.id,
    externalId: taskFields.externalId,
    name: taskFields.name,
    type: taskFields.type,
    status: taskFields.status,
    revision: taskFields.revision,
    nextFireAt: taskFields.nextFireAt,
    createdAt: taskFields.createdAt,
  })
  .meta({ id: "CreatedTask" });
/** A task as lists show it. */
export const taskItemOut = z.object(taskFields).meta({ id: "TaskItem" });
/** A task as answers about one task show it: with its schedule in words. */
const fullTaskFields = {
  ...taskFields,
  schedule: scheduleOut,
  warnings: z.array(credentialWarningOut).describe("Params that should be references to secrets"),
};
export const taskOut = z.object(fullTaskFields).meta({ id: "Task" });

/** A task as an upsert answers it: with what became of it. */
export const upsertedTaskOut = z
  .object({
    ...fullTaskFields,
    outcome: z.enum(["created", "updated", "unchanged"]).describe("`unchanged` made no revision"),
  })
  .meta({ id: "UpsertedTask" });
