// Live workers and published executors, kept in memory beside their tables.

import type { Key } from "../../../domain/ids.ts";
import type { ExecutorInfo } from "../../../ports/executor.ts";
import { int, text, type Row } from "../row.ts";
import type { Statements } from "../statements.ts";

/** Mutable: whoever writes a row changes this too. */
export interface WorkerEntry {
  readonly key: Key;
  readonly name: string;
  readonly pid: number;
  readonly queues: readonly string[];
  readonly types: readonly string[];
  readonly concurrency: number;
  readonly startedAtMs: number;
  leaseUntilMs: number;
  isGone: boolean;
  /** As its last beat told; kept nowhere else, since it is over with its process. */
  abandonedSlots: number;
}

export class WorkerBook {
  readonly #sql: Statements;
  #live: Map<Key, WorkerEntry> | undefined;
  readonly #executors = new Map<string, ExecutorInfo>();

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** Workers that have not left and were not judged lost, by key. */
  live(): Map<Key, WorkerEntry> {
    if (this.#live === undefined) {
      this.#live = new Map();
      for (const row of this.#sql.named("workers.live").all()) {
        const worker = toWorker(row);
        this.#live.set(worker.key, worker);
      }
    }
    return this.#live;
  }

  isLive(key: Key): boolean {
    return this.live().has(key);
  }

  executor(type: string): ExecutorInfo | undefined {
    const known = this.#executors.get(type);
    if (known !== undefined) return known;
    const row = this.#sql.named("workers.executor").get(type);
    if (row === undefined) return undefined;
    const info = JSON.parse(text(row, 0)) as ExecutorInfo; // written from an `ExecutorInfo` only
    this.#executors.set(type, info);
    return info;
  }

  forgetExecutor(type: string): void {
    this.#executors.delete(type);
  }

  clear(): void {
    this.#live = undefined;
    this.#executors.clear();
  }
}

export function toWorker(row: Row): WorkerEntry {
  return {
    key: int(row, 0),
    name: text(row, 1),
    pid: int(row, 2),
    queues: JSON.parse(text(row, 3)) as string[], // written from a list of strings only
    types: JSON.parse(text(row, 4)) as string[], // likewise
    concurrency: int(row, 5),
    startedAtMs: int(row, 6),
    leaseUntilMs: int(row, 7),
    isGone: text(row, 8) === "gone",
    abandonedSlots: 0,
  };
}
