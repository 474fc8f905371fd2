// What a trigger will do: its next instants, in words, with warnings.

import { compileTrigger, type CompileContext } from "./compile.ts";
import { describeTrigger } from "./describe.ts";
import { formatInstant } from "./instant-text.ts";
import type { Trigger } from "./trigger.ts";
import { triggerWarnings, type TriggerWarning } from "./warnings.ts";
import type { Words } from "./words.ts";
import { answerWork, Work } from "./work.ts";

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
  /** More would have followed than could be found by the work of one answer. */
  readonly isTruncated?: true;
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
  const work = new Work(answerWork);
  const after = (ms: number, durationMs: number): number | undefined =>
    afterRun === undefined ? compiled.next(ms, work) : afterRun(ms + durationMs, work);
  let nextMs = trigger.kind === "immediate" ? fromMs : after(fromMs, 0);
  while (nextMs !== undefined && !work.hasGivenUp && times.length < Math.min(count, longestPreview)) {
    times.push(formatInstant(nextMs, zone));
    nextMs = after(nextMs, runDurationMs);
  }
  return {
    times,
    description: describeTrigger(trigger, defaultTimezone),
    warnings: triggerWarnings(trigger, options),
    ...(work.hasGivenUp ? { isTruncated: true } : {}),
    ...(afterRun === undefined ? {} : { isEstimated: true }),
  };
}
