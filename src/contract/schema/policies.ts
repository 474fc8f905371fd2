// How a task behaves: retry, misfire, overlap, dependencies, concurrency, retention; as they are written and as they are shown.

import { z } from "zod";
import { overlapPolicies } from "../../domain/task.ts";
import { misfirePolicies, triggerBounds } from "../../domain/trigger/trigger.ts";
import { durationOut, durationSchema, idSchema, lineSchema, positiveDurationSchema } from "./scalars.ts";

const maxAttempts = z.int().min(1).max(1000).describe("Attempts in all, the first included");
const backoff = z.number().min(1).max(100).describe("Factor by which each further delay grows");
const jitter = z.enum(["none", "full"]).describe("`full`: a random share of the delay");
const onExhausted = z.enum(["fail", "pause"]).describe("What follows the last failure");

export const retrySchema = z
  .strictObject({
    maxAttempts: maxAttempts.optional(),
    delay: durationSchema.describe("Before the second attempt").optional(),
    backoff: backoff.optional(),
    maxDelay: durationSchema.describe("Longest delay").optional(),
    jitter: jitter.optional(),
    onExhausted: onExhausted.optional(),
  })
  .meta({
    id: "RetryInput",
    description: "When a failed attempt is tried again; what is absent is the executor's own default",
  });

export const retryOut = z
  .object({ maxAttempts, delay: durationOut, backoff, maxDelay: durationOut, jitter, onExhausted })
  .meta({ id: "Retry" });

const misfirePolicy = z
  .enum(misfirePolicies)
  .describe("`skip` them, start the newest `once`, or `all` of them one after another");
const cap = z.int().min(1).max(triggerBounds.cap).describe("Most late instants started for one catch-up");

export const misfireSchema = z
  .strictObject({
    policy: misfirePolicy.optional(),
    grace: durationSchema.describe("An instant decided later than this is a misfire").optional(),
    maxAge: durationSchema.describe("An instant older than this is never caught up").optional(),
    cap: cap.optional(),
  })
  .meta({ id: "MisfireInput", description: "What happens to instants that were not decided in time" });

export const misfireOut = z
  .object({ policy: misfirePolicy, grace: durationOut, maxAge: durationOut.optional(), cap })
  .meta({ id: "Misfire" });

export const overlapPolicySchema = z.enum(overlapPolicies);
const overlapObject = { policy: overlapPolicySchema, max: z.int().min(1).max(100_000).optional() };
const overlapText =
  "What happens when a run should start while another one of the task is live; `max` may wait under `queue`";

/** Read as an object, whichever form was written. */
export const overlapSchema = z
  .union([overlapPolicySchema, z.strictObject(overlapObject)])
  .transform((value) => (typeof value === "string" ? { policy: value } : value))
  .meta({ id: "OverlapInput", description: overlapText, examples: ["skip", { policy: "queue", max: 3 }] });

export const overlapOut = z
  .union([overlapPolicySchema, z.object(overlapObject)])
  .meta({ id: "Overlap", description: overlapText });

/** Read as an object, whichever form was written. */
export const dependencySchema = z
  .union([
    idSchema("task"),
    z.strictObject({ task: idSchema("task"), within: positiveDurationSchema.optional() }),
  ])
  .transform((value) => (typeof value === "string" ? { task: value } : value))
  .meta({
    id: "DependencyInput",
    description: "A task whose newest run must have completed; `within` ignores older runs",
  });

export const dependencyOut = z
  .union([z.string(), z.object({ task: z.string(), within: durationOut })])
  .meta({ id: "Dependency" });

export const onDependencyFailureSchema = z
  .enum(["fail", "skip", "run"])
  .describe("What becomes of a run whose dependency did not complete");

export const concurrencySchema = z
  .strictObject({
    limit: z.int().min(1).max(100_000).describe("Runs of this task at once").optional(),
    key: lineSchema(200)
      .describe("A literal, or `params.path`: runs with the same value are served in turn with others")
      .optional(),
    keyLimit: z.int().min(1).max(100_000).describe("Runs at once for each key").optional(),
  })
  .meta({ id: "Concurrency" });

export const retentionSchema = z
  .strictObject({ success: durationSchema.optional(), failure: durationSchema.optional() })
  .meta({ id: "RetentionInput", description: "How long ended runs are kept" });

export const retentionOut = z
  .object({ success: durationOut.optional(), failure: durationOut.optional() })
  .meta({ id: "Retention" });
