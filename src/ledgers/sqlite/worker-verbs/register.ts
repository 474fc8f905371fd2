// Workers come and go: registering, leaving, and being judged lost.

import type { Key } from "../../../domain/ids.ts";
import { isSuspect } from "../../../domain/retry.ts";
import { leaseMs, type NewWorker, type RecoveredRuns } from "../../../ports/worker-ledger.ts";
import { settleAftermath } from "../state/consequences.ts";
import { interruptRun, type Interruption } from "../state/interrupt.ts";
import type { Tx } from "../state/tx.ts";
import type { WorkerEntry } from "../state/worker-book.ts";

export interface Registration {
  readonly key: Key;
  readonly worker: NewWorker;
}

export function registerWorker(tx: Tx, { key, worker }: Registration, nowMs: number): Key {
  const types = worker.executors.map((executor) => executor.type);
  const leaseUntilMs = nowMs + leaseMs;
  tx.sql
    .named("workers.insert")
    .run(
      key,
      worker.name,
      worker.pid,
      JSON.stringify(worker.queues),
      JSON.stringify(types),
      worker.concurrency,
      nowMs,
      leaseUntilMs,
    );
  for (const executor of worker.executors) {
    tx.sql.named("workers.publish").run(executor.type, JSON.stringify(executor));
    tx.workers.forgetExecutor(executor.type);
  }
  const { name, pid, queues, concurrency } = worker;
  const entry: WorkerEntry = {
    key,
    name,
    pid,
    queues,
    types,
    concurrency,
    startedAtMs: nowMs,
    leaseUntilMs,
    isGone: false,
    abandonedSlots: 0,
  };
  tx.workers.live().set(key, entry);
  // Runs that lie parked for its types are found by its first claim, which looks for them by name.
  for (const queue of queues) if (queue !== "*") tx.note.runnable(tx.lanes.queue(queue).name);
  return key;
}

export function leave(tx: Tx, workerKey: Key, nowMs: number): void {
  interruptAll(tx, [workerKey], { reason: "shutdown", atMs: nowMs });
  goneWorker(tx, workerKey);
  settleAftermath(tx, nowMs);
}

export function recover(
  tx: Tx,
  options: { readonly judgedMs: number; readonly exceptWorker?: Key },
  nowMs: number,
): RecoveredRuns {
  const { judgedMs, exceptWorker } = options;
  const isLost = (worker: WorkerEntry) =>
    exceptWorker === undefined ? worker.leaseUntilMs < judgedMs : worker.key !== exceptWorker;
  const lost = [...tx.workers.live().values()].filter(isLost).map((worker) => worker.key);
  // Claims of workers that are gone already, for example when the process died between two commits.
  const orphaned = [...tx.claimed.all()]
    .map(([, { workerKey }]) => workerKey ?? 0)
    .filter((key) => !tx.workers.isLive(key));
  const recovered = interruptAll(tx, [...new Set([...lost, ...orphaned])], {
    reason: "worker-lost",
    atMs: nowMs,
  });
  for (const key of lost) goneWorker(tx, key);
  settleAftermath(tx, nowMs);
  return recovered;
}

function interruptAll(tx: Tx, workerKeys: readonly Key[], interruption: Interruption): RecoveredRuns {
  const counts = { repeated: 0, failed: 0, cancelled: 0 };
  const workers = new Set(workerKeys);
  const suspects = new Map(
    workerKeys.map((key) => [key, tx.claimed.count((run) => run.workerKey === key && isSuspect(run))]),
  );
  for (const [key, { workerKey }] of tx.claimed.all()) {
    const run = workerKey !== null && workers.has(workerKey) ? tx.claimed.get(key) : undefined;
    if (run === undefined || workerKey === null) continue;
    const isOnlySuspect = isSuspect(run) && suspects.get(workerKey) === 1;
    const status = interruptRun(tx, run, { ...interruption, isOnlySuspect });
    if (status === "failed") counts.failed += 1;
    else if (status === "cancelled" || status === "timed_out") counts.cancelled += 1;
    else counts.repeated += 1;
  }
  return counts;
}

function goneWorker(tx: Tx, key: Key): void {
  tx.sql.named("workers.gone").run(key);
  tx.workers.live().delete(key);
}
