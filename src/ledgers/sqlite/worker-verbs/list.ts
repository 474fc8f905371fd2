// Lists of workers and of the executors they published.

import type { ExecutorInfo } from "../../../ports/executor.ts";
import type { WorkerRow } from "../../../ports/worker-ledger.ts";
import { text } from "../row.ts";
import type { Tx } from "../state/tx.ts";
import { toWorker } from "../state/worker-book.ts";

export function workers(tx: Tx, nowMs: number): readonly WorkerRow[] {
  return tx.sql
    .named("workers.all")
    .all()
    .map((row) => {
      const { key, name, pid, queues, types, concurrency, startedAtMs, leaseUntilMs, isGone } = toWorker(row);
      const running = tx.claimed.count((run) => run.workerKey === key);
      const status = isGone || leaseUntilMs <= nowMs ? "gone" : "live";
      return { key, name, pid, queues, types, concurrency, running, startedAtMs, leaseUntilMs, status };
    });
}

export function executors(tx: Tx): readonly (ExecutorInfo & { readonly liveWorkers: number })[] {
  const live = [...tx.workers.live().values()];
  return tx.sql
    .named("workers.executors")
    .all()
    .map((row) => {
      const info = JSON.parse(text(row, 0)) as ExecutorInfo; // written from an `ExecutorInfo` only
      return { ...info, liveWorkers: live.filter((worker) => worker.types.includes(info.type)).length };
    });
}

export function executor(tx: Tx, type: string): ExecutorInfo | undefined {
  return tx.workers.executor(type);
}
