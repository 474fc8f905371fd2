// The misfire rule: what becomes of every instant between a task's cursor and now.

import type { Decision, DecisionReason } from "../occurrence.ts";
import { inOrder, type Decided, type DecidedInstant, type DecideInput } from "./decided.ts";
import { decideFixedDelay } from "./decide-fixed-delay.ts";
import { triggerBounds } from "./trigger.ts";
import { Windows } from "./windows.ts";

/**
 * Decides every instant that is due and not yet decided; pure, so that preview, simulation and production agree.
 *
 * Lateness counts from the due moment. Instants within their grace start, each, and use none of the cap. Of those later
 * than it, `skip` starts none, `once` the newest instant within `maxAge` (if one within its grace starts, the others are
 * coalesced into that), `all` the newest `cap`. Only starts are enumerated, and those within their grace up to a bound of
 * their own: ten years of seconds take milliseconds.
 *
 * When more want to start than `maxRunsLeft`, the oldest do and the cursor stays at the last of them, since overlap may
 * still refuse one: ask again after they are recorded.
 *
 * @see SEM 5, 13, 14, 17, 19
 */
export function decide(input: DecideInput): Decided {
  const { compiled, decidedThroughMs, nowMs, maxRunsLeft = Infinity, jitterOffsetMs: offsetMs = 0 } = input;
  if (!compiled.hasInstants) return { occurrences: [], decidedThroughMs, exhausted: false };
  if (maxRunsLeft <= 0 && input.mode !== "resume-now")
    return { occurrences: [], decidedThroughMs, exhausted: true };
  if (compiled.afterRun !== undefined) return decideFixedDelay(input, compiled.afterRun);
  const lastMs = compiled.previous(nowMs - offsetMs + 1);
  if (lastMs === undefined || lastMs <= decidedThroughMs) return ended([], decidedThroughMs, input);
  const judge = new Judge(input);
  const starts = judge.starts(lastMs);
  const kept = starts.slice(0, maxRunsLeft);
  const cutMs = kept.length < starts.length ? (kept.at(-1) ?? lastMs) : lastMs;
  const rows = judge.rows(kept, cutMs);
  return { ...ended(rows, cutMs, input), ...inOrder(rows, input) };
}

function ended(
  occurrences: readonly DecidedInstant[],
  decidedThroughMs: number,
  input: DecideInput,
): Decided {
  const { compiled, maxRunsLeft = Infinity, jitterOffsetMs: offsetMs = 0 } = input;
  const nextMs = maxRunsLeft <= 0 ? undefined : compiled.next(decidedThroughMs);
  const next = nextMs === undefined ? {} : { nextFireAtMs: nextMs + offsetMs };
  return { occurrences, decidedThroughMs, ...next, exhausted: nextMs === undefined };
}

/** Judges instants one by one or by stretches, from the newest back to the cursor. */
class Judge {
  readonly #input: DecideInput;
  readonly #windows: Windows;
  readonly #offsetMs: number;
  /** Instants before these are later than grace, and later than maxAge. */
  readonly #graceFromMs: number;
  readonly #maxAgeFromMs: number;

  constructor(input: DecideInput) {
    const { misfire, nowMs, jitterOffsetMs: offsetMs = 0 } = input;
    this.#input = input;
    this.#windows = new Windows(input.windows, input.compiled.zone);
    this.#offsetMs = offsetMs;
    this.#graceFromMs = nowMs - offsetMs - misfire.graceMs;
    this.#maxAgeFromMs = nowMs - offsetMs - (misfire.maxAgeMs ?? Infinity);
  }

  /** The instants that want to start, ascending. */
  starts(lastMs: number): number[] {
    const { compiled, decidedThroughMs, misfire, mode } = this.#input;
    if (mode === "resume-now") return [];
    const found: number[] = [];
    let onTimeCount = 0;
    let ms: number | undefined = lastMs;
    // Stretches outside the windows are passed over whole, and only so many of them.
    for (let passed = 0; ms !== undefined && ms > decidedThroughMs && passed < stretchLimit;) {
      const isMisfire = ms < this.#graceFromMs;
      if (isMisfire && (misfire.policy === "skip" || ms < this.#maxAgeFromMs)) break;
      if (isMisfire && misfire.policy === "once" && found.length > 0) break;
      if (isMisfire ? found.length - onTimeCount >= misfire.cap : onTimeCount >= triggerBounds.cap) break;
      const stretch = this.#windows.stretchAt(ms);
      if (!stretch.isInside) passed++;
      else if (found.push(ms) && !isMisfire) onTimeCount++;
      ms = compiled.previous(stretch.isInside ? ms : stretch.fromMs);
    }
    return found.reverse();
  }

  /** One row for each start, and for each stretch of equal decisions between them, up to `lastMs`. */
  rows(starts: readonly number[], lastMs: number): DecidedInstant[] {
    const { compiled, decidedThroughMs } = this.#input;
    const rows: DecidedInstant[] = [];
    let startIndex = starts.length - 1;
    let ms: number | undefined = lastMs;
    while (ms !== undefined && ms > decidedThroughMs) {
      const startMs = starts[startIndex] ?? -Infinity;
      if (ms === startMs) {
        rows.push(this.#start(ms));
        startIndex--;
        ms = compiled.previous(ms);
        continue;
      }
      const stretch = this.#stretch(ms, rows.length - starts.length, starts.at(-1));
      const fromMs = Math.max(stretch.fromMs, startMs + 1, decidedThroughMs + 1);
      const firstMs = compiled.next(fromMs - 1) ?? ms;
      const newer = rows.at(-1);
      if (newer !== undefined && isSameDecision(newer, stretch)) rows.pop();
      const untilMs: number =
        newer !== undefined && isSameDecision(newer, stretch) ? (newer.untilMs ?? newer.scheduledForMs) : ms;
      rows.push(this.#row(stretch, firstMs, untilMs));
      ms = compiled.previous(firstMs);
    }
    return rows.reverse();
  }

  #start(ms: number): DecidedInstant {
    const start = {
      scheduledForMs: ms,
      count: 1,
      dueAtMs: ms + this.#offsetMs,
      decision: "started",
    } as const;
    return ms < this.#graceFromMs ? { ...start, isCatchUp: true } : start;
  }

  #row({ decision, reason, intoMs }: Verdict, firstMs: number, lastMs: number): DecidedInstant {
    return {
      scheduledForMs: firstMs,
      ...(lastMs > firstMs ? { untilMs: lastMs } : { count: 1 }),
      dueAtMs: firstMs + this.#offsetMs,
      decision,
      ...(reason === undefined ? {} : { reason }),
      ...(intoMs === undefined ? {} : { intoMs }),
    };
  }

  /** What becomes of an instant that does not start, and since when the same holds. */
  #stretch(
    ms: number,
    besideStarts: number,
    newestStartMs: number | undefined,
  ): Verdict & { readonly fromMs: number } {
    const { mode } = this.#input;
    if (mode === "resume-now") return { decision: "skipped", reason: "paused", fromMs: -Infinity };
    // Behind so many rows windows are no longer told apart, or a long outage would write a row for every night.
    const window =
      besideStarts > rowLimit ? { isInside: true, fromMs: -Infinity } : this.#windows.stretchAt(ms);
    if (!window.isInside) return { decision: "skipped", reason: "window", fromMs: window.fromMs };
    const verdict = this.#late(ms, newestStartMs);
    return { ...verdict, fromMs: Math.max(verdict.fromMs, window.fromMs) };
  }

  #late(ms: number, newestStartMs: number | undefined): Verdict & { readonly fromMs: number } {
    const { policy } = this.#input.misfire;
    if (ms >= this.#graceFromMs) return { decision: "dropped", reason: "cap", fromMs: this.#graceFromMs };
    if (policy === "skip") return { decision: "missed", reason: "grace", fromMs: -Infinity };
    if (ms < this.#maxAgeFromMs) return { decision: "missed", reason: "max-age", fromMs: -Infinity };
    const isCoalesced = policy === "once" && newestStartMs !== undefined;
    if (!isCoalesced) return { decision: "dropped", reason: "cap", fromMs: this.#maxAgeFromMs };
    return { decision: "coalesced", intoMs: newestStartMs, fromMs: this.#maxAgeFromMs };
  }
}

/** Nights, weekends and changes of the clocks passed over in search of a start: some ten years of them. */
const stretchLimit = 10_000;

/** Rows of one decision that tell the windows apart: some three years of nights. */
const rowLimit = 2000;

interface Verdict {
  readonly decision: Decision;
  readonly reason?: DecisionReason;
  readonly intoMs?: number;
}

function isSameDecision(row: DecidedInstant, verdict: Verdict): boolean {
  return row.decision === verdict.decision && row.reason === verdict.reason && row.intoMs === verdict.intoMs;
}
