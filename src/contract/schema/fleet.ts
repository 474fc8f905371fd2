// What performs the runs: executors, queues and workers.

import { z } from "zod";
import {
  durationOut,
  instantOut,
  jsonObjectSchema,
  positiveDurationSchema,
  reasonSchema,
} from "./scalars.ts";

export const executorOut = z
  .object({
    type: z.string(),
    version: z.string(),
    description: z.string().optional(),
    isolation: z.enum(["inline", "thread", "process"]),
    paramsSchema: jsonObjectSchema
      .optional()
      .describe("JSON Schema of the params; absent when anything is accepted"),
    retry: z
      .object({
        maxAttempts: z.int().optional(),
        delay: durationOut.optional(),
        backoff: z.number().optional(),
        maxDelay: durationOut.optional(),
        jitter: z.enum(["none", "full"]).optional(),
        onExhausted: z.enum(["fail", "pause"]).optional(),
      })
      .optional(),
    timeout: durationOut.optional(),
    onInterrupted: z.enum(["repeat", "fail", "reattach"]),
    pausable: z.boolean(),
    liveWorkers: z.int().describe("Workers alive that have it"),
  })
  .meta({ id: "Executor" });

const pauseMode = z
  .enum(["pause", "drain"])
  .describe("Both start nothing new; `drain` says that the queue is to run empty");
const runsAtOnce = z.int().min(1).max(100_000);

/** `PUT /queues/{name}`: the whole configuration; what is absent has no limit. */
export const queueConfigFields = {
  concurrency: runsAtOnce.describe("Runs of the queue at once, over all workers").optional(),
  keyConcurrency: runsAtOnce.describe("Runs at once for each concurrency key").optional(),
  rateLimit: z
    .strictObject({ limit: z.int().min(1).max(1_000_000), per: positiveDurationSchema })
    .describe("At most `limit` starts in any stretch of `per`")
    .optional(),
};

export const queuePauseFields = { reason: reasonSchema.optional(), mode: pauseMode.optional() };

export const queueOut = z
  .object({
    name: z.string(),
    concurrency: z.int().optional(),
    keyConcurrency: z.int().optional(),
    rateLimit: z.object({ limit: z.int(), per: durationOut }).optional(),
    paused: z.boolean(),
    pausedBy: z.object({ actor: z.string(), reason: z.string().optional(), mode: pauseMode }).optional(),
    ready: z.int().describe("Runs that may start now"),
    held: z.int().describe("Live runs that may not start now"),
    running: z.int(),
  })
  .meta({ id: "Queue" });

export const workerOut = z
  .object({
    id: z.string(),
    name: z.string(),
    pid: z.int(),
    status: z.enum(["live", "draining", "gone"]),
    queues: z.array(z.string()),
    types: z.array(z.string()),
    concurrency: z.int(),
    running: z.int(),
    startedAt: instantOut,
    leaseUntil: instantOut,
  })
  .meta({ id: "Worker" });
