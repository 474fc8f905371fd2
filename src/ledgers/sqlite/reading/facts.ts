// Facts about a run from which `explain` makes its causes.

import type { Key } from "../../../domain/ids.ts";
import type { RunFacts } from "../../../ports/run-ledger.ts";
import { firstInt, int, intOrNull } from "../row.ts";
import { locate } from "../state/locate.ts";
import type { Tx } from "../state/tx.ts";
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
    workersWithType: workers.filter((worker) => worker.types.includes(type)).length,
    queueRunning: tx.claimed.count((other) => tx.lanes.lane(other.laneId).queue === queue),
    ...(concurrency === undefined ? {} : { queueLimit: concurrency }),
  };
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
