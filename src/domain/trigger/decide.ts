// The misfire rule: what becomes of every instant between a task's cursor and now.

import type { Decision, DecisionReason } from "../occurrence.ts";
import { inOrder, type Decided, type DecidedInstant, type DecideInput } from "./decided.ts";
import { decideFixedDelay } from "./decide-fixed-delay.ts";
import { triggerBounds } from "./trigger.ts";
import { Windows } from "./windows.ts";
import { decisionWork, searchWork, Work } from "./work.ts";

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
 * Where exclusions leave so little that the newest instants are too much work to find, the oldest is decided alone; where
 * that is not found either, the cursor stands as far as was looked, and `nextFireAtMs` is where to go on. A bound on work
 * never ends a schedule.
 *
 * @see SEM 5, 13, 14, 17, 19
 */
export function decide(input: DecideInput): Decided {
  const { compiled, decidedThroughMs, nowMs, maxRunsLeft = Infinity, jitterOffsetMs: offsetMs = 0 } = input;
  if (!compiled.hasInstants) return { occurrences: [], decidedThroughMs, exhausted: false };
  if (maxRunsLeft <= 0 && input.mode !== "resume-now")
    return { occurrences: [], decidedThroughMs, exhausted: true };
  if (compiled.afterRun !== undefined) return decideFixedDelay(input, compiled.afterRun);
  const work = input.work ?? new Work(decisionWork);
  const dueMs = nowMs - offsetMs;
  const lastMs = compiled.previous(dueMs + 1, work, decidedThroughMs);
  if (work.hasGivenUp) return decideOldest(input, dueMs);
  if (lastMs === undefined || lastMs <= decidedThroughMs)
    return ended([], decidedThroughMs, input, Math.max(decidedThroughMs, dueMs));
  const { rows, cutMs } = judged(input, lastMs, work);
  if (work.hasGivenUp) return decideOldest(input, dueMs);
  return { ...ended(rows, cutMs, input), ...inOrder(rows, input) };
}

/** The oldest instant alone, or none: what is newer took too much work to find. */
function decideOldest(input: DecideInput, dueMs: number): Decided {
  const { compiled, decidedThroughMs } = input;
  const firstMs = compiled.next(decidedThroughMs, input.work ?? new Work(searchWork));
  if (firstMs === undefined || firstMs > dueMs) return ended([], decidedThroughMs, input);
  const alone = { ...input, decidedThroughMs: firstMs - 1 };
  const { rows } = judged(alone, firstMs, input.work ?? new Work(decisionWork));
  return { ...ended(rows, firstMs, input), ...inOrder(rows, input) };
}

function judged(
  input: DecideInput,
  lastMs: number,
  work: Work,
): { readonly rows: DecidedInstant[]; readonly cutMs: number } {
  const judge = new Judge(input, work);
  const starts = judge.starts(lastMs);
  const kept = starts.slice(0, input.maxRunsLeft ?? Infinity);
  const cutMs = kept.length < starts.length ? (kept.at(-1) ?? lastMs) : lastMs;
  return { rows: judge.rows(kept, cutMs), cutMs };
}

/** @param knownThroughMs - up to here every instant is decided, or there is none */
function ended(
  occurrences: readonly DecidedInstant[],
  decidedThroughMs: number,
  input: DecideInput,
  knownThroughMs = decidedThroughMs,
): Decided {
  const { compiled, nowMs, maxRunsLeft = Infinity, jitterOffsetMs: offsetMs = 0 } = input;
  if (maxRunsLeft <= 0) return { occurrences, decidedThroughMs, exhausted: true };
  const work = input.work ?? new Work(searchWork);
  const nextMs = compiled.next(knownThroughMs, work);
  if (nextMs !== undefined)
    return { occurrences, decidedThroughMs, nextFireAtMs: nextMs + offsetMs, exhausted: false };
  const { gaveUpAtMs } = work;
  if (gaveUpAtMs === undefined) return { occurrences, decidedThroughMs, exhausted: true };
  const lookedThroughMs = Math.min(gaveUpAtMs - 1, nowMs - offsetMs);
  return {
    occurrences,
    decidedThroughMs: Math.max(decidedThroughMs, lookedThroughMs),
    nextFireAtMs: gaveUpAtMs + offsetMs,
    exhausted: false,
  };
}

/** Judges instants one by one or by stretches, from the newest back to the cursor. */
class Judge {
  readonly #input: DecideInput;
  readonly #work: Work;
  readonly #windows: Windows;
  readonly #offsetMs: number;
  /** Instants before these are later than grace, and later than maxAge. */
  readonly #graceFromMs: number;
  readonly #maxAgeFromMs: number;

  constructor(input: DecideInput, work: Work) {
    const { misfire, nowMs, jitterOffsetMs: offsetMs = 0 } = input;
    this.#input = input;
    this.#work = work;
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
      ms = compiled.previous(stretch.isInside ? ms : stretch.fromMs, this.#work, decidedThroughMs);
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
        ms = compiled.previous(ms, this.#work, decidedThroughMs);
        continue;
      }
      const stretch = this.#stretch(ms, rows.length - starts.length, starts.at(-1));
      const fromMs = Math.max(stretch.fromMs, startMs + 1, decidedThroughMs + 1);
      const firstMs = compiled.next(fromMs - 1, this.#work) ?? ms;
      const newer = rows.at(-1);
      if (newer !== undefined && isSameDecision(newer, stretch)) rows.pop();
      const untilMs: number =
        newer !== undefined && isSameDecision(newer, stretch) ? (newer.untilMs ?? newer.scheduledForMs) : ms;
      rows.push(this.#row(stretch, firstMs, untilMs));
      ms = compiled.previous(firstMs, this.#work, decidedThroughMs);
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
