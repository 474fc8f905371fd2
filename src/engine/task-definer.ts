// Turns what a caller says about a task into the definition that is stored: checked, with its executor's defaults.

import { closest } from "../domain/closest.ts";
import { RotaError, validationFailed, type Issue } from "../domain/errors.ts";
import { isSameJson, type Json } from "../domain/json.ts";
import { fillSecrets, findSecrets } from "../domain/secret.ts";
import type { TaskDefinition } from "../domain/task.ts";
import type { TaskInput, TaskPatch } from "../domain/task-input.ts";
import { checkTrigger, type CheckContext } from "../domain/trigger/check.ts";
import { defaultMisfireFor, type Trigger } from "../domain/trigger/trigger.ts";
import type { ExecutorInfo, Validation } from "../ports/executor.ts";
import { defaultOverlap, paramsText, resolveDefinition, type StatedByExecutor } from "./definition.ts";
import type { EngineParts } from "./parts.ts";

export class TaskDefiner {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * @param before - what the task says now: the same trigger said again is not held against the present time
   * @throws EXECUTOR_NOT_FOUND, INVALID_PARAMETERS, PAYLOAD_TOO_LARGE, INVALID_TRIGGER, IN_THE_PAST
   */
  async define(input: TaskInput, before?: TaskDefinition): Promise<TaskDefinition> {
    const info = await this.#executorInfo(input.type);
    const trigger = this.#checkTrigger(input, before);
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

  /** Checks a definition the task had once by what holds today: executors and their schemas change. */
  async recheck(definition: TaskDefinition, before: TaskDefinition): Promise<void> {
    await this.#executorInfo(definition.type);
    this.#checkTrigger(definition, before);
    await this.#checkedParams(definition);
  }

  /** The params as the executor parsed them. @throws INVALID_PARAMETERS */
  checkParams(type: string, params: Json): Json | Promise<Json> {
    const secrets = findSecrets(params);
    refuseIssues(secrets.issues);
    const executor = this.#parts.executors.get(type);
    if (!executor) return params;
    const hasSecrets = secrets.found.length > 0;
    const checked = executor.validate(hasSecrets ? fillSecrets(params, () => unknownSecret) : params);
    const take = (validation: Validation): Json => {
      if (validation.ok) return hasSecrets ? params : validation.params;
      // What a secret is, is known to the worker alone, and checked there before the first attempt.
      refuseIssues(
        validation.issues.filter(({ path }) => !secrets.found.some((each) => isAt(each.path, path))),
      );
      return params;
    };
    return checked instanceof Promise ? checked.then(take) : take(checked);
  }

  async #checkedParams(input: Pick<TaskInput, "type" | "params">): Promise<Json> {
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

  #checkTrigger(input: Pick<TaskInput, "trigger" | "misfire">, before?: TaskDefinition): Trigger {
    const { clock, settings, calculators } = this.#parts;
    const wanted = input.trigger ?? { kind: "manual" };
    const context: CheckContext = {
      minimumIntervalMs: settings.minIntervalMs,
      defaultTimezone: settings.defaultTimezone,
      calculators,
      ...(input.misfire?.graceMs === undefined ? {} : { graceMs: input.misfire.graceMs }),
    };
    if (before !== undefined) {
      const timeless = checkTrigger(wanted, context);
      if (timeless.ok && isSameJson(timeless.trigger, before.trigger)) return before.trigger;
    }
    const checked = checkTrigger(wanted, { ...context, nowMs: clock.now() });
    if (checked.ok) return checked.trigger;
    const past = checked.issues.length > 0 && checked.issues.every((issue) => issue.code === "IN_THE_PAST");
    throw validationFailed(checked.issues, past ? "IN_THE_PAST" : "INVALID_TRIGGER");
  }

  async #executorInfo(type: string): Promise<ExecutorInfo> {
    const info = this.#parts.executors.get(type) ?? (await this.#parts.ledger.workers.executor(type));
    if (info) return info;
    const known = (await this.#parts.ledger.workers.executors()).map((executor) => executor.type);
    const near = closest(type, [...this.#parts.executors.keys(), ...known]);
    const hint =
      type === "command"
        ? "; it is off unless the server is started with --allow-commands (createRota: allowCommands)"
        : near === undefined
          ? ""
          : `; did you mean ${near}?`;
    throw new RotaError("EXECUTOR_NOT_FOUND", `no worker ever published an executor of type ${type}${hint}`, {
      details: { type },
    });
  }
}

/** The input that would have made this definition, with the patch laid over it; null removes what is optional. */
function merge(definition: TaskDefinition, patch: TaskPatch): TaskInput {
  const merged: Record<string, unknown> = { ...definition };
  if (isOfAnotherKind(patch.trigger, definition.trigger)) {
    // Defaults follow the kind of trigger: those of the old kind were nobody's wish.
    if (isSameJson(definition.overlap, defaultOverlap(definition.trigger))) delete merged["overlap"];
    if (isSameJson(definition.misfire, defaultMisfireFor(definition.trigger))) delete merged["misfire"];
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

/** Policies of several settings: a patch may name one of them. Everything else is replaced whole. */
const mergedFields = new Set(["retry", "overlap", "misfire", "concurrency", "retention"]);

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Stands for a secret while everything around it is checked. */
const unknownSecret = "secret";

function isAt(place: string, path: string): boolean {
  return place === "" || path === place || path.startsWith(`${place}.`);
}

function refuseIssues(issues: readonly Issue[]): void {
  if (issues.length > 0) throw validationFailed(issues.map(underParams), "INVALID_PARAMETERS");
}

function underParams(issue: Issue): Issue {
  return { ...issue, path: issue.path === "" ? "params" : `params.${issue.path}` };
}
