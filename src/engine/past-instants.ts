// The instants that a schedule had: what a backfill fills in.

import { validationFailed, type RotaError } from "../domain/errors.ts";
import type { TaskDefinition } from "../domain/task.ts";
import type { CompiledTrigger } from "../domain/trigger/compile.ts";
import { Windows } from "../domain/trigger/windows.ts";
import type { FirePlanner } from "./fire-planner.ts";

/** Instants looked at for one range: windows may let few of many through. */
const mostLookedAt = 50_000;

/** Instants of a trigger within the task's windows. */
export class PastInstants {
  readonly #compiled: CompiledTrigger;
  readonly #windows: Windows;

  constructor(compiled: CompiledTrigger, windows: Windows) {
    this.#compiled = compiled;
    this.#windows = windows;
  }

  /** After the one and up to the other moment, at most `count`. */
  between(afterMs: number, toMs: number, count: number): readonly number[] {
    const found: number[] = [];
    let at = this.#compiled.next(afterMs);
    for (let looked = 0; at !== undefined && at <= toMs && found.length < count; looked++) {
      if (looked > mostLookedAt)
        throw refusedRange("from", `the range has more than ${mostLookedAt} instants`);
      if (this.#windows.isInside(at)) found.push(at);
      at = this.#compiled.next(at);
    }
    return found;
  }
}

/** @throws VALIDATION_FAILED when the trigger has no instants of its own */
export function pastInstantsOf(
  { trigger, windows }: Pick<TaskDefinition, "trigger" | "windows">,
  anchorMs: number,
  planner: FirePlanner,
): PastInstants {
  const compiled = planner.compile(trigger, anchorMs);
  if (!compiled.hasInstants || compiled.fixedDelayMs !== undefined) {
    const kind = compiled.hasInstants ? "fixed-delay" : trigger.kind;
    throw refusedRange("taskId", `a ${kind} trigger has no instants that could be filled in`);
  }
  return new PastInstants(compiled, new Windows(windows, compiled.zone));
}

export function refusedRange(path: string, message: string): RotaError {
  return validationFailed([{ path, code: "INVALID_VALUE", message }]);
}
