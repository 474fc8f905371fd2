// Executors, queues, workers and explanations as JSON.

import { formatDuration } from "../domain/duration.ts";
import type { Explanation } from "../engine/explain.ts";
import type { ExecutorInfo } from "../ports/executor.ts";
import type { QueueRow, WorkerRow } from "../ports/worker-ledger.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { present, when } from "./present.ts";
import type { Services } from "./services.ts";
import { utc, utcOrNothing } from "./time-text.ts";

export function executorView(
  info: ExecutorInfo & { readonly liveWorkers: number },
): OutputOf<"executors.get"> {
  return present({
    type: info.type,
    version: info.version,
    description: info.description,
    isolation: info.isolation,
    paramsSchema: info.paramsSchema,
    retry: when(info.retry, ({ delayMs, maxDelayMs, ...retry }) =>
      present({ ...retry, delay: when(delayMs, formatDuration), maxDelay: when(maxDelayMs, formatDuration) }),
    ),
    timeout: when(info.timeoutMs, formatDuration),
    onInterrupted: info.onInterrupted,
    pausable: info.pausable,
    liveWorkers: info.liveWorkers,
  });
}

export function queueView(queue: QueueRow): OutputOf<"queues.get"> {
  return present({
    name: queue.name,
    concurrency: queue.concurrency,
    keyConcurrency: queue.keyConcurrency,
    rateLimit: when(queue.rateLimit, ({ limit, perMs }) => ({ limit, per: formatDuration(perMs) })),
    paused: queue.pausedBy !== undefined,
    pausedBy: queue.pausedBy,
    ready: queue.ready,
    held: queue.held,
    running: queue.running,
  });
}

export function workerView(worker: WorkerRow, { ids }: Services): OutputOf<"workers.list">["items"][number] {
  return {
    id: ids.encode("worker", worker.key),
    name: worker.name,
    pid: worker.pid,
    status: worker.status,
    queues: worker.queues,
    types: worker.types,
    concurrency: worker.concurrency,
    running: worker.running,
    startedAt: utc(worker.startedAtMs),
    leaseUntil: utc(worker.leaseUntilMs),
  };
}

export function explanationView({ summary, causes }: Explanation): OutputOf<"runs.explain"> {
  return {
    summary,
    causes: causes.map(({ code, message, sinceMs, untilMs, details }) =>
      present({ code, message, since: utcOrNothing(sinceMs), until: utcOrNothing(untilMs), details }),
    ),
  };
}
