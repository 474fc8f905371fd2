// What a trigger will do: its next instants, in words, with warnings.

import { compileTrigger, type CompileContext } from "./compile.ts";
import { describeTrigger } from "./describe.ts";
import { formatInstant } from "./instant-text.ts";
import type { Trigger } from "./trigger.ts";
import { triggerWarnings, type TriggerWarning } from "./warnings.ts";
import type { Words } from "./words.ts";

export interface PreviewOptions extends CompileContext {
  /** Instants strictly after this one are shown. */
  readonly fromMs: number;
  /** 1–1,000. @default 10 */
  readonly count?: number;
  /** For `fixed-delay`: how long a run is assumed to take, in milliseconds. @default 0 */
  readonly runDurationMs?: number;
}

export interface Preview {
  /** ISO 8601 with the offset the trigger's zone has then; nominal, without jitter. */
  readonly times: readonly string[];
  readonly description: Words;
  readonly warnings: readonly TriggerWarning[];
  /** The times depend on how long runs take (`fixed-delay`). */
  readonly isEstimated?: true;
}

const longestPreview = 1000;

/**
 * Previews a checked trigger by the code that schedules it. `immediate` shows the moment it is asked for, `manual`
 * nothing.
 *
 * @throws INVALID_TRIGGER when the trigger is one that the check would have refused
 */
export function previewTrigger(trigger: Trigger, options: PreviewOptions): Preview {
  const { fromMs, count = 10, runDurationMs = 0, defaultTimezone } = options;
  const compiled = compileTrigger(trigger, options);
  const { afterRun, zone } = compiled;
  const times: string[] = [];
  let nextMs = trigger.kind === "immediate" ? fromMs : (afterRun?.(fromMs) ?? compiled.next(fromMs));
  while (nextMs !== undefined && times.length < Math.min(count, longestPreview)) {
    times.push(formatInstant(nextMs, zone));
    nextMs = afterRun === undefined ? compiled.next(nextMs) : afterRun(nextMs + runDurationMs);
  }
  return {
    times,
    description: describeTrigger(trigger, defaultTimezone),
    warnings: triggerWarnings(trigger, options),
    ...(afterRun === undefined ? {} : { isEstimated: true }),
  };
}
