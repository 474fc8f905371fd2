// Turns what a caller says about a task into the definition that is stored: checked, with its executor's defaults.

import { closest } from "../domain/closest.ts";
import { RotaError, validationFailed, type Issue } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { TaskDefinition } from "../domain/task.ts";
import type { TaskInput, TaskPatch } from "../domain/task-input.ts";
import { checkTrigger } from "../domain/trigger/check.ts";
import { defaultMisfireFor, type Trigger } from "../domain/trigger/trigger.ts";
import type { ExecutorInfo } from "../ports/executor.ts";
import { defaultOverlap, paramsText, resolveDefinition, type StatedByExecutor } from "./definition.ts";
import type { EngineParts } from "./parts.ts";

export class TaskDefiner {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** @throws EXECUTOR_NOT_FOUND, INVALID_PARAMETERS, PAYLOAD_TOO_LARGE, INVALID_TRIGGER, IN_THE_PAST */
  async define(input: TaskInput): Promise<TaskDefinition> {
    const info = await this.#executorInfo(input.type);
    const trigger = this.#checkTrigger(input);
    const params = await this.#checkedParams(input);
    return resolveDefinition({ ...input, params }, trigger, this.#statedFor(info, params));
  }

  /** Checks what the patch changes, and nothing else: an `at` that has passed does not forbid a new name. */
  async redefine(before: TaskDefinition, patch: TaskPatch): Promise<TaskDefinition> {
    const input = merge(before, patch);
    const info = await this.#executorInfo(input.type);
    const trigger = patch.trigger === undefined ? before.trigger : this.#checkTrigger(input);
    const params = patch.params === undefined ? before.params : await this.#checkedParams(input);
    return resolveDefinition({ ...input, params }, trigger, this.#statedFor(info, params));
  }

  /**
   * The params as the executor parsed them; where only other processes have its code, checked by the JSON Schema they
   * published (SEM 21).
   *
   * @throws INVALID_PARAMETERS, EXECUTOR_NOT_FOUND
   */
  checkParams(type: string, params: Json): Json | Promise<Json> {
    const executor = this.#parts.executors.get(type);
    if (!executor) return this.#checkBySchema(type, params);
    const checked = executor.validate(params);
    const take = (validation: Awaited<typeof checked>): Json => {
      if (!validation.ok) throw invalidParams(validation.issues);
      return validation.params;
    };
    return checked instanceof Promise ? checked.then(take) : take(checked);
  }

  async #checkBySchema(type: string, params: Json): Promise<Json> {
    const { paramsSchema: schema } = await this.#executorInfo(type);
    if (schema === undefined) return params;
    // A schema we cannot read is no reason to refuse: the worker checks again with its own code.
    const check = await this.#parts.validator.compile(schema).catch(() => undefined);
    const issues = check?.(params) ?? [];
    if (issues.length > 0) throw invalidParams(issues);
    return params;
  }

  async #checkedParams(input: TaskInput): Promise<Json> {
    const params = await this.checkParams(input.type, input.params ?? {});
    paramsText(params, this.#parts.settings.limits);
    return params;
  }

  #statedFor(info: ExecutorInfo, params: Json): StatedByExecutor {
    const executor = this.#parts.executors.get(info.type);
    const retry = executor?.retryFor?.(params) ?? info.retry;
    const onInterrupted = executor?.onInterruptedFor?.(params);
    return {
      ...(retry === undefined ? {} : { retry }),
      ...(info.timeoutMs === undefined ? {} : { timeoutMs: info.timeoutMs }),
      ...(onInterrupted === undefined ? {} : { onInterrupted }),
    };
  }

  #checkTrigger(input: TaskInput): Trigger {
    const { clock, settings, calculators } = this.#parts;
    const checked = checkTrigger(input.trigger ?? { kind: "manual" }, {
      nowMs: clock.now(),
      minimumIntervalMs: settings.minIntervalMs,
      defaultTimezone: settings.defaultTimezone,
      calculators,
      ...(input.misfire?.graceMs === undefined ? {} : { graceMs: input.misfire.graceMs }),
    });
    if (checked.ok) return checked.trigger;
    const past = checked.issues.length > 0 && checked.issues.every((issue) => issue.code === "IN_THE_PAST");
    throw validationFailed(checked.issues, past ? "IN_THE_PAST" : "INVALID_TRIGGER");
  }

  async #executorInfo(type: string): Promise<ExecutorInfo> {
    const info = this.#parts.executors.get(type) ?? (await this.#parts.ledger.workers.executor(type));
    if (info) return info;
    const published = (await this.#parts.ledger.workers.executors()).map((executor) => executor.type);
    const known = [...new Set([...this.#parts.executors.keys(), ...published])].toSorted();
    throw new RotaError(
      "EXECUTOR_NOT_FOUND",
      `there is no executor of type ${type}: none is registered here, and no worker ever published one; ${hintFor(type, known)}`,
      { details: { type, known } },
    );
  }
}

function hintFor(type: string, known: readonly string[]): string {
  if (type === "command")
    return "it is off unless the server is started with --allow-commands (createRota: allowCommands)";
  const near = closest(type, known);
  return near === undefined ? `known are ${known.slice(0, 20).join(", ")}` : `did you mean ${near}?`;
}

/** The input that would have made this definition, with the patch laid over it; null removes what is optional. */
function merge(definition: TaskDefinition, patch: TaskPatch): TaskInput {
  const merged: Record<string, unknown> = { ...definition };
  if (isOfAnotherKind(patch.trigger, definition.trigger)) {
    // Defaults follow the kind of trigger: those of the old kind were nobody's wish.
    if (isEqual(definition.overlap, defaultOverlap(definition.trigger))) delete merged["overlap"];
    if (isEqual(definition.misfire, defaultMisfireFor(definition.trigger))) delete merged["misfire"];
  }
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const before = merged[field];
    if (value === null) delete merged[field];
    else
      merged[field] =
        isPlain(before) && isPlain(value) && mergedFields.has(field) ? { ...before, ...value } : value;
  }
  // Built from a definition and a patch, both of known shape.
  return merged as unknown as TaskInput;
}

function isOfAnotherKind(patched: unknown, before: Trigger): boolean {
  return isPlain(patched) && patched["kind"] !== before.kind;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Policies of several settings: a patch may name one of them. Everything else is replaced whole. */
const mergedFields = new Set(["retry", "overlap", "misfire", "concurrency", "retention"]);

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalidParams(issues: readonly Issue[]): RotaError {
  return validationFailed(issues.map(underParams), "INVALID_PARAMETERS");
}

function underParams(issue: Issue): Issue {
  return { ...issue, path: issue.path === "" ? "params" : `params.${issue.path}` };
}
