// How many runs and tasks are in each state, kept for lists and charts: one small row per name and commit.

import type { Statements } from "../statements.ts";
import { int, text } from "../row.ts";

/**
 * Names: `tasks/…` (see `task-totals.ts`), `ready/<queue id>`, `held/<status>/<queue id>`, `ended/<status>`, and `live/<task key>` for tasks whose live
 * runs are not listed in `live`. No limit is ever judged by these: limits count the claimed rows themselves.
 */
export class Totals {
  readonly #sql: Statements;
  readonly #changes = new Map<string, number>();

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  add(name: string, change: number): void {
    this.#changes.set(name, (this.#changes.get(name) ?? 0) + change);
  }

  /** The total, changes of this commit included. */
  read(name: string): number {
    const row = this.#sql.named("totals.read").get(name);
    return (row === undefined ? 0 : int(row, 0)) + (this.#changes.get(name) ?? 0);
  }

  /** All totals whose name begins with `prefix`. */
  readAll(prefix: string): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const row of this.#sql.named("totals.readAll").all(prefix, `${prefix}\u{10ffff}`))
      found.set(text(row, 0), int(row, 1));
    for (const [name, change] of this.#changes) {
      if (name.startsWith(prefix)) found.set(name, (found.get(name) ?? 0) + change);
    }
    return found;
  }

  /** Replaces a total; for repairs and for tasks that change their way of counting. */
  set(name: string, count: number): void {
    this.add(name, count - this.read(name));
  }

  write(): void {
    const add = this.#sql.named("totals.add");
    for (const [name, change] of this.#changes) if (change !== 0) add.run(name, change);
    this.#changes.clear();
  }

  clear(): void {
    this.#changes.clear();
  }
}
