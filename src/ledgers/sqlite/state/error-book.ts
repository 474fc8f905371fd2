// The error inbox as the running commit changes it: one write for each group, however many of its runs failed.

import { fingerprintOf, frameOf, shownMessage } from "../../../domain/error-group.ts";
import { firstKeyAt, KeyGenerator, type Key } from "../../../domain/ids.ts";
import type { TaskDefinition } from "../../../domain/task.ts";
import { InsertShape, ManyRows } from "../insert-many.ts";
import { firstInt, int, jsonObject } from "../row.ts";
import type { Statements } from "../statements.ts";

const errorRuns = new InsertShape("error_runs (run_key, group_id)");

/** How a run failed. */
export interface Failed {
  readonly key: Key;
  readonly definition: Pick<TaskDefinition, "type" | "userId">;
  readonly status: "failed" | "timed_out";
  /** JSON of its envelope. */
  readonly result: string | undefined;
  readonly atMs: number;
}

interface Change {
  readonly type: string;
  readonly userId: string | undefined;
  readonly code: string;
  message: string;
  readonly frame: string | undefined;
  readonly firstSeenMs: number;
  lastSeenMs: number;
  readonly runKeys: Key[];
}

export class ErrorBook {
  readonly #sql: Statements;
  readonly #changes = new Map<string, Change>();
  #ranks: KeyGenerator | undefined;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** A run failed for good. */
  note({ key, definition, status, result, atMs }: Failed): void {
    const error = errorOf(result, status);
    const { type, userId } = definition;
    const fingerprint = fingerprintOf({ type, userId, error });
    const known = this.#changes.get(fingerprint);
    if (known === undefined) {
      this.#changes.set(fingerprint, {
        type,
        userId,
        code: error.code,
        message: shownMessage(error.message),
        frame: frameOf(error.stack),
        firstSeenMs: atMs,
        lastSeenMs: atMs,
        runKeys: [key],
      });
      return;
    }
    known.message = shownMessage(error.message);
    known.lastSeenMs = Math.max(known.lastSeenMs, atMs);
    known.runKeys.push(key);
  }

  /** The run was retried, or is deleted: nobody has to see to it any more. */
  forget(runKey: Key): void {
    this.write();
    const row = this.#sql.named("errors.takeRun").get(runKey);
    if (row !== undefined) this.#sql.named("errors.lessWaiting").run(int(row, 0));
  }

  write(): void {
    if (this.#changes.size === 0) return;
    const runs = new ManyRows(this.#sql, errorRuns);
    for (const [fingerprint, change] of this.#changes) {
      const { type, userId, code, message, frame, firstSeenMs, lastSeenMs, runKeys } = change;
      this.#ranks ??= new KeyGenerator(firstInt(this.#sql.named("errors.lastRank").get()));
      const group = this.#sql
        .named("errors.add")
        .get(
          fingerprint,
          userId ?? null,
          type,
          code,
          message,
          frame ?? null,
          runKeys.length,
          firstSeenMs,
          lastSeenMs,
          this.#ranks.take(lastSeenMs),
        );
      for (const key of runKeys) runs.add(key, firstInt(group));
    }
    this.#changes.clear();
    runs.write();
  }

  /** Deletes groups without runs whose last failure was before then. */
  sweep(beforeMs: number, limit: number): void {
    this.#sql.named("errors.sweep").run(firstKeyAt(Math.max(0, beforeMs)), limit);
  }

  clear(): void {
    this.#changes.clear();
    this.#ranks = undefined;
  }
}

interface StoredError {
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

/** The error as the result has it; a failure without one is told by its status. */
function errorOf(result: string | undefined, status: Failed["status"]): StoredError {
  const stored = jsonObject(result ?? null)["error"] as Partial<StoredError> | null | undefined; // read field by field
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const stack = text(stored?.stack);
  return {
    code: text(stored?.code) ?? (status === "failed" ? "EXECUTION_FAILED" : "TIMEOUT"),
    message: text(stored?.message) ?? "",
    ...(stack === undefined ? {} : { stack }),
  };
}
