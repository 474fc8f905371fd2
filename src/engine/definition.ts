// From what a caller said about a task to the definition that is stored: checks and defaults, pure.

import type { Dedup } from "../domain/dedup.ts";
import { validationFailed, type RotaError } from "../domain/errors.ts";
import { isDeeperThan, isLongerThan, maxJsonDepth, type Json } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import { defaultPriority } from "../domain/priority.ts";
import { defaultRetry } from "../domain/retry.ts";
import { defaultQueue, type Overlap, type TaskDefinition } from "../domain/task.ts";
import type { DedupInput, TaskInput } from "../domain/task-input.ts";
import { defaultMisfireFor, type Trigger } from "../domain/trigger/trigger.ts";
import type { ExecutorInfo } from "../ports/executor.ts";

/** Fills in what was not said. `params` and `trigger` have been checked. */
export function resolveDefinition(
  input: TaskInput,
  trigger: Trigger,
  info: StatedByExecutor,
): TaskDefinition {
  return {
    name: input.name,
    type: input.type,
    params: input.params ?? {},
    trigger,
    queue: input.queue ?? defaultQueue,
    priority: input.priority ?? defaultPriority,
    retry: { ...defaultRetry, ...info.retry, ...input.retry },
    overlap: { ...defaultOverlap(trigger), ...input.overlap },
    misfire: { ...defaultMisfireFor(trigger), ...input.misfire },
    // Naming a task twice says no more than naming it once; the last word on it holds.
    dependsOn: [...new Map((input.dependsOn ?? []).map((each) => [each.taskKey, each])).values()],
    onDependencyFailure: input.onDependencyFailure ?? "fail",
    tags: input.tags ?? [],
    metadata: input.metadata ?? {},
    ...optional(input, info),
  };
}

/** What the executor states, for these params where it depends on them. */
export type StatedByExecutor = Pick<ExecutorInfo, "retry" | "timeoutMs"> &
  Pick<TaskDefinition, "onInterrupted">;

type Optional = Pick<
  TaskDefinition,
  | "description"
  | "externalId"
  | "userId"
  | "conversationId"
  | "timeoutMs"
  | "deadlineMs"
  | "expireAfterMs"
  | "maxRuns"
  | "onInterrupted"
  | "concurrency"
  | "dedup"
  | "windows"
  | "retention"
>;

function optional(input: TaskInput, info: StatedByExecutor): Optional {
  const timeoutMs = input.timeoutMs ?? info.timeoutMs;
  return {
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.externalId === undefined ? {} : { externalId: input.externalId }),
    ...(input.userId === undefined ? {} : { userId: input.userId }),
    ...(input.conversationId === undefined ? {} : { conversationId: input.conversationId }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(input.deadlineMs === undefined ? {} : { deadlineMs: input.deadlineMs }),
    ...(input.expireAfterMs === undefined ? {} : { expireAfterMs: input.expireAfterMs }),
    ...(input.maxRuns === undefined ? {} : { maxRuns: input.maxRuns }),
    ...(info.onInterrupted === undefined ? {} : { onInterrupted: info.onInterrupted }),
    ...(input.concurrency === undefined ? {} : { concurrency: input.concurrency }),
    ...(input.dedup === undefined ? {} : { dedup: dedupOf(input.dedup) }),
    ...(input.windows === undefined ? {} : { windows: input.windows }),
    ...(input.retention === undefined ? {} : { retention: input.retention }),
  };
}

export function dedupOf(input: DedupInput): Dedup {
  return { ...input, onConflict: input.onConflict ?? "return-existing" };
}

/** `skip` where instants come by themselves, `allow` where somebody asks for each run (SEM 2). */
export function defaultOverlap(trigger: Trigger): Overlap {
  const asked = trigger.kind === "manual" || trigger.kind === "immediate";
  return { policy: asked ? "allow" : "skip", max: 1 };
}

/**
 * Params as the text that is stored.
 *
 * @throws PAYLOAD_TOO_LARGE, INVALID_PARAMETERS (deeper than 64 levels, or no JSON)
 */
export function paramsText(params: Json, limits: Limits): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(params);
  } catch (error) {
    throw refused(
      "NOT_JSON",
      `cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (text === undefined) throw refused("NOT_JSON", "cannot be written as JSON");
  // Each level takes two characters at least: short texts need no look.
  if (text.length > 2 * maxJsonDepth && isDeeperThan(params))
    throw refused("TOO_DEEP", `nest deeper than ${maxJsonDepth} levels`);
  if (!isLongerThan(text, limits.paramsBytes)) return text;
  const issue = {
    path: "params",
    code: "TOO_LARGE",
    message: `have more than ${limits.paramsBytes} bytes of JSON`,
  };
  throw validationFailed([issue], "PAYLOAD_TOO_LARGE");
}

function refused(code: string, message: string): RotaError {
  return validationFailed([{ path: "params", code, message }], "INVALID_PARAMETERS");
}

/** The value of `params.a.b` for a key of runs, or the literal itself; without a value there is no key. */
export function keyOf(template: string | undefined, params: unknown): string | undefined {
  if (template === undefined) return undefined;
  if (!template.startsWith("params.")) return template;
  let value: unknown = params;
  for (const part of template.slice("params.".length).split(".")) {
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? Reflect.get(value, part)
        : undefined;
  }
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
