// The independent checker: what was acknowledged and done against what is stored; shares no code with the product.

import type { Deed } from "./deeds.ts";
import { deedViolations, specsOf } from "./checker/deed-violations.ts";
import { lateSchedules, occurrenceViolations } from "./checker/occurrence-violations.ts";
import { readTables, type Tables } from "./checker/rows.ts";
import { runViolations } from "./checker/run-violations.ts";

export interface Evidence {
  /** The database file, or a copy of it with its WAL. */
  readonly database: string;
  readonly deeds: readonly Deed[];
  /** Faults are over and everything had its time: no run may be live. */
  readonly isQuiet: boolean;
  /** Active schedules must have decided everything up to then. */
  readonly decidedUntilMs?: number;
  /** Moments of different processes cannot be compared. */
  readonly hasClockJumps?: boolean;
}

/** Every violation, one sentence each, beginning with the invariants it breaks. */
export function violationsOf(evidence: Evidence): readonly string[] {
  return judge(readTables(evidence.database), evidence);
}

export function judge(tables: Tables, evidence: Omit<Evidence, "database">): readonly string[] {
  const { deeds, isQuiet, decidedUntilMs, hasClockJumps = false } = evidence;
  const specs = specsOf(deeds);
  return [
    ...tables.damage.map((line) => `I5: the file is damaged: ${line}`),
    ...runViolations(tables, { isQuiet, hasClockJumps }),
    ...occurrenceViolations(tables, specs),
    ...deedViolations(deeds, tables, specs),
    ...pageViolations(tables),
    ...(decidedUntilMs === undefined ? [] : lateSchedules(tables, specs, decidedUntilMs)),
  ];
}

/** The feed is numbered without gap: each page begins where the one before ended. */
function pageViolations({ pages }: Tables): string[] {
  return pages.flatMap(({ position }, index) => {
    const before = pages[index - 1];
    return before === undefined || before.position + before.count === position
      ? []
      : [`R12: the feed goes from ${before.position} (${before.count} events) to ${position}`];
  });
}

/** Rows that may never change, kept between kills and held against each later reading. */
export class Snapshots {
  readonly #ended = new Map<number, string>();
  readonly #claims = new Map<number, number>();
  readonly #cursors = new Map<number, number>();

  /** Violations since the last reading, and the runs that have ended since. */
  take(tables: Tables): {
    readonly violations: readonly string[];
    readonly newlyEnded: readonly { key: number; status: string }[];
  } {
    const violations: string[] = [];
    const newlyEnded: { key: number; status: string }[] = [];
    for (const { key, table, status, claim, whole } of tables.states) {
      const before = this.#claims.get(key) ?? 0;
      if (claim < before) violations.push(`R3: the claim of run ${key} went from ${before} back to ${claim}`);
      this.#claims.set(key, claim);
      const row = this.#ended.get(key);
      if (row !== undefined && row !== whole)
        violations.push(`I3 R7: the ended run ${key} was ${row} and is ${whole || `${status} in ${table}`}`);
      if (table !== "ended" || row !== undefined) continue;
      this.#ended.set(key, whole);
      newlyEnded.push({ key, status });
    }
    for (const key of this.#ended.keys())
      if (!tables.births.has(key)) violations.push(`I2: the ended run ${key} is no longer there`);
    for (const { key, decidedThroughMs } of tables.tasks.values()) {
      const before = this.#cursors.get(key) ?? Number.NEGATIVE_INFINITY;
      if (decidedThroughMs < before)
        violations.push(`SEM 13: the cursor of task ${key} went back by ${before - decidedThroughMs} ms`);
      this.#cursors.set(key, decidedThroughMs);
    }
    return { violations, newlyEnded };
  }
}
