// Facts about a run from which `explain` makes its causes.

import type { Key } from "../../../domain/ids.ts";
import { isSuspect } from "../../../domain/retry.ts";
import type { RunFacts } from "../../../ports/run-ledger.ts";
import { firstInt, int, intOrNull } from "../row.ts";
import { locate } from "../state/locate.ts";
import type { RunRow } from "../run-row.ts";
import { isParkedOnSuspects } from "../state/park.ts";
import type { Tx } from "../state/tx.ts";
import type { WorkerEntry } from "../state/worker-book.ts";
import { attempts } from "./attempts.ts";
import { toRun } from "./read-run.ts";

/** Runs ahead are counted up to here. */
const mostAhead = 10_000;

export function facts(tx: Tx, key: Key): RunFacts | undefined {
  const run = locate(tx, key);
  if (run === undefined) return undefined;
  const { queue } = tx.lanes.lane(run.laneId);
  const { type } = tx.tasks.definition(run.taskKey, run.revision);
  const workers = [...tx.workers.live().values()].filter(
    (worker) => worker.queues.includes("*") || worker.queues.includes(queue.name),
  );
  const withType = workers.filter((worker) => worker.types.includes(type));
  const { concurrency } = queue.config;
  return {
    run: toRun(tx, run),
    taskStatus: tx.tasks.get(run.taskKey).status,
    queuePaused: queue.pausedBy !== null,
    ahead:
      run.phase === "ready"
        ? firstInt(tx.sql.named("facts.ahead").get(run.laneId, run.place, run.key, mostAhead))
        : 0,
    blockedBy: run.status === "blocked" || run.pausedFrom === "blocked" ? blockedBy(tx, key) : [],
    workers: workers.length,
    workersWithType: withType.length,
    slots: slotsOf(tx, withType),
    queueRunning: tx.claimed.count((other) => tx.lanes.lane(other.laneId).queue === queue),
    ...(concurrency === undefined ? {} : { queueLimit: concurrency }),
    ...(run.status === "retrying" ? lastAttempt(tx, key) : {}),
    ...suspectAtWork(tx, run),
  };
}

function slotsOf(tx: Tx, workers: readonly WorkerEntry[]): RunFacts["slots"] {
  const keys = new Set(workers.map(({ key }) => key));
  let [all, claimed, abandoned] = [0, 0, 0];
  for (const worker of workers) {
    all += worker.concurrency;
    abandoned += worker.abandonedSlots;
  }
  // Paused ones as well: their code stands still in its slot (SEM 12).
  claimed += tx.claimed.count(({ workerKey }) => workerKey !== null && keys.has(workerKey));
  return { all, claimed, abandoned };
}

/** A suspect in `ready` is parked as soon as a claim meets it: it waits for its turn as well. */
function suspectAtWork(tx: Tx, run: RunRow): Pick<RunFacts, "suspectAtWork"> {
  if (!isParkedOnSuspects(run) && !(run.phase === "ready" && isSuspect(run))) return {};
  for (const other of tx.claimed.ownRows())
    if (other.status !== "paused" && isSuspect(other)) return { suspectAtWork: other.key };
  return {};
}

function lastAttempt(tx: Tx, key: Key): Pick<RunFacts, "lastAttempt"> {
  const last = attempts(tx, key).at(-1);
  return last === undefined ? {} : { lastAttempt: last };
}

function blockedBy(tx: Tx, key: Key): RunFacts["blockedBy"] {
  return tx.sql
    .named("dependencies.ofRun")
    .all(key)
    .map((row) => {
      const runKey = intOrNull(row, 1);
      const upstream = runKey === null ? undefined : locate(tx, runKey);
      return {
        taskKey: int(row, 0),
        ...(upstream === undefined ? {} : { runKey: upstream.key, status: upstream.status }),
      };
    });
}
