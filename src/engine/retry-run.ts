// The run that does again what another one did (SEM 15).

import type { IdCodec } from "../domain/ids.ts";
import type { Run } from "../domain/run.ts";
import type { NewRun } from "../ports/run-ledger.ts";

export interface RetryTerms {
  readonly revision: number;
  /** Run with the params the task has at that revision. */
  readonly usesTaskParams: boolean;
  readonly actor: string;
  readonly nowMs: number;
  readonly ids: IdCodec;
}

/** Same nominal instant, priority and key; attempt 1. */
export function retryOf(run: Run, { revision, usesTaskParams, actor, nowMs, ids }: RetryTerms): NewRun {
  return {
    taskKey: run.taskKey,
    revision,
    dueAtMs: nowMs,
    startedBy: { kind: "retry", actor, id: ids.encode("run", run.key) },
    priority: run.priority,
    retryOf: run.key,
    ...(usesTaskParams ? {} : { params: JSON.stringify(run.params) }),
    ...(run.scheduledForMs === undefined ? {} : { scheduledForMs: run.scheduledForMs }),
    ...(run.concurrencyKey === undefined ? {} : { concurrencyKey: run.concurrencyKey }),
  };
}
