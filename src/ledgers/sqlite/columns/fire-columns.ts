// Firings on their way to the ledger, and the answers back.

import type { Key } from "../../../domain/ids.ts";
import { decisions } from "../../../domain/occurrence.ts";
import type { TaskDefinition } from "../../../domain/task.ts";
import type { Firing, FiringReply, NewOccurrence } from "../../../ports/task-ledger.ts";
import { toClaimedRuns, type ClaimedColumns } from "./claimed-columns.ts";

export interface FireColumns {
  readonly taskKey: Key[];
  readonly revision: number[];
  readonly decidedFromMs: number[];
  readonly decidedThroughMs: number[];
  readonly nextFireAtMs: (number | null)[];
  readonly inOrder: number[];
  readonly isOver: number[];
  /** How many occurrences belong to each firing. */
  readonly counts: number[];
  readonly scheduledForMs: number[];
  readonly dueAtMs: number[];
  /** Index into `decisions`. */
  readonly decision: number[];
  /** What else an occurrence says, by index. */
  readonly rare: Record<number, Omit<NewOccurrence, "scheduledForMs" | "dueAtMs" | "decision">>;
}

export interface FiredColumns {
  /** Runs started by each firing; -1: refused. */
  readonly counts: readonly number[];
  readonly started: readonly Key[];
  readonly claimed: ClaimedColumns;
}

export function toFireColumns(firings: readonly Firing[]): FireColumns {
  const columns: FireColumns = {
    taskKey: [],
    revision: [],
    decidedFromMs: [],
    decidedThroughMs: [],
    nextFireAtMs: [],
    inOrder: [],
    isOver: [],
    counts: [],
    scheduledForMs: [],
    dueAtMs: [],
    decision: [],
    rare: {},
  };
  for (const firing of firings) {
    columns.taskKey.push(firing.taskKey);
    columns.revision.push(firing.revision);
    columns.decidedFromMs.push(firing.decidedFromMs);
    columns.decidedThroughMs.push(firing.decidedThroughMs);
    columns.nextFireAtMs.push(firing.nextFireAtMs ?? null);
    columns.inOrder.push(firing.inOrder === true ? 1 : 0);
    columns.isOver.push(firing.isOver === true ? 1 : 0);
    columns.counts.push(firing.occurrences.length);
    for (const { scheduledForMs, dueAtMs, decision, ...rare } of firing.occurrences) {
      if (Object.keys(rare).length > 0) columns.rare[columns.decision.length] = rare;
      columns.scheduledForMs.push(scheduledForMs);
      columns.dueAtMs.push(dueAtMs);
      columns.decision.push(decisions.indexOf(decision));
    }
  }
  return columns;
}

/** The firings again, one at a time. */
export function* toFirings(columns: FireColumns): Generator<Firing> {
  let at = 0;
  for (const [index, taskKey] of columns.taskKey.entries()) {
    const occurrences: NewOccurrence[] = [];
    for (const end = at + (columns.counts[index] ?? 0); at < end; at++) {
      const decision = decisions[columns.decision[at] ?? 0] ?? "started";
      const plain = {
        scheduledForMs: columns.scheduledForMs[at] ?? 0,
        dueAtMs: columns.dueAtMs[at] ?? 0,
        decision,
      };
      const rare = columns.rare[at];
      occurrences.push(rare === undefined ? plain : { ...plain, ...rare });
    }
    const nextFireAtMs = columns.nextFireAtMs[index] ?? null;
    yield {
      taskKey,
      revision: columns.revision[index] ?? 0,
      decidedFromMs: columns.decidedFromMs[index] ?? 0,
      decidedThroughMs: columns.decidedThroughMs[index] ?? 0,
      ...(nextFireAtMs === null ? {} : { nextFireAtMs }),
      occurrences,
      ...(columns.inOrder[index] === 1 ? { inOrder: true } : {}),
      ...(columns.isOver[index] === 1 ? { isOver: true } : {}),
    };
  }
}

export function toFiringReplies(
  fired: FiredColumns,
  definition: (key: Key, revision: number) => TaskDefinition,
): readonly FiringReply[] {
  const claimed = toClaimedRuns(fired.claimed, definition);
  let runAt = 0;
  let claimAt = 0;
  return fired.counts.map((count): FiringReply => {
    if (count < 0) return { ok: false };
    const started = fired.started.slice(runAt, (runAt += count));
    const from = claimAt;
    // Claimed runs are a subsequence of the started ones, in the same order.
    for (const key of started) if (claimed[claimAt]?.key === key) claimAt += 1;
    return { ok: true, started, claimed: claimed.slice(from, claimAt) };
  });
}
