// Checks what a caller says about the one run it asks for; cheap, since it stands on the path of busy callers.

import { dedupConflicts } from "../domain/dedup.ts";
import { validationFailed, type Issue } from "../domain/errors.ts";
import { overlapPolicies } from "../domain/task.ts";
import type { TriggerInput } from "../domain/task-input.ts";

const times = ["runAtMs", "delayMs", "expireAfterMs", "deadlineMs"] as const;
/** The last moment that ISO 8601 writes with four digits of year; also the longest duration. */
const latestMs = 253_402_300_799_999;

/** @throws VALIDATION_FAILED naming each field */
export function checkTriggerInput(input: TriggerInput): void {
  const issues: Issue[] = [];
  for (const field of times) {
    const value = input[field];
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0 && value <= latestMs)) continue;
    issues.push(wrong(field, `expected whole milliseconds from 0, got ${String(value)}`));
  }
  const { priority, overlap, concurrencyKey } = input;
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 1 && priority <= 10)) {
    issues.push(wrong("priority", `expected an integer from 1 to 10, got ${String(priority)}`));
  }
  if (overlap !== undefined && !overlapPolicies.includes(overlap)) {
    issues.push(wrong("overlap", `expected one of ${overlapPolicies.join(", ")}, got ${String(overlap)}`));
  }
  if (concurrencyKey !== undefined && typeof concurrencyKey !== "string") {
    issues.push(wrong("concurrencyKey", "expected a text"));
  }
  if (input.dedup !== undefined || input.debounce !== undefined) issues.push(...checkKeys(input));
  if (issues.length > 0) throw validationFailed(issues);
}

function checkKeys({ dedup, debounce, runAtMs, delayMs }: TriggerInput): readonly Issue[] {
  const issues: Issue[] = [];
  const text = (path: string, value: unknown): void => {
    if (typeof value !== "string" || value === "") issues.push(wrong(path, "expected a text"));
  };
  const span = (path: string, value: unknown): void => {
    if (Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= latestMs) return;
    issues.push(wrong(path, `expected whole milliseconds from 1, got ${String(value)}`));
  };
  if (dedup !== undefined) {
    text("dedup.key", dedup.key);
    if (dedup.windowMs !== undefined) span("dedup.windowMs", dedup.windowMs);
    if (dedup.onConflict !== undefined && !dedupConflicts.includes(dedup.onConflict)) {
      const known = dedupConflicts.join(", ");
      issues.push(wrong("dedup.onConflict", `expected one of ${known}, got ${String(dedup.onConflict)}`));
    }
  }
  if (debounce !== undefined) {
    text("debounce.key", debounce.key);
    span("debounce.waitMs", debounce.waitMs);
    if (debounce.maxMs !== undefined) span("debounce.maxMs", debounce.maxMs);
    if (dedup !== undefined) issues.push(wrong("debounce", "excludes dedup: a run has one key"));
    if (runAtMs !== undefined || delayMs !== undefined)
      issues.push(wrong("debounce", "says by itself when the run starts: leave runAt and delay out"));
  }
  return issues;
}

function wrong(path: string, message: string): Issue {
  return { path, code: "INVALID", message };
}
