// Judges whether a run may start while others of its task are live (SEM 2).

import type { Key } from "../../../domain/ids.ts";
import type { CancelRequest } from "../../../domain/run.ts";
import type { OverlapPolicy } from "../../../domain/task.ts";
import { int } from "../row.ts";
import { locate } from "./locate.ts";
import { requestStop } from "./stop.ts";
import { liveRunKeys, newestLive, track } from "./track.ts";
import type { TaskHeader } from "./task-cache.ts";
import type { Tx } from "./tx.ts";

/** Whether it starts now, behind the live ones, or not at all because of `liveKey`. */
export type Overlap =
  | { readonly kind: "start" }
  | { readonly kind: "in-line" }
  | { readonly kind: "refused"; readonly liveKey: Key };

/** Milliseconds an overlapped run gets to stop. */
const overlapGraceMs = 30_000;

export interface OverlapQuestion {
  readonly policy: OverlapPolicy;
  /** Misfire `all`: one after another whatever the policy says, but together for `allow` (SEM 14). */
  readonly inOrder: boolean;
  readonly nowMs: number;
}

/** The store is the only writer, so the judgement holds until the transaction that inserts the run commits. */
export function judgeOverlap(tx: Tx, task: TaskHeader, { policy, inOrder, nowMs }: OverlapQuestion): Overlap {
  if (policy === "allow") return { kind: "start" };
  track(tx, task);
  const liveKey = newestLive(tx, task);
  if (liveKey === undefined) return { kind: "start" };
  if (inOrder) return inLine(task);
  switch (policy) {
    case "skip":
      return { kind: "refused", liveKey };
    case "queue": {
      const { max } = task.definition.overlap;
      const length = tx.sql.named("runs.lineLength").get(task.key, max);
      return length !== undefined && int(length, 0) >= max ? { kind: "refused", liveKey } : inLine(task);
    }
    case "queue-all":
      return inLine(task);
    case "cancel-previous":
    case "terminate-previous":
      stopOthers(tx, task, { graceMs: policy === "cancel-previous" ? overlapGraceMs : 0, nowMs });
      return newestLive(tx, task) === undefined ? { kind: "start" } : inLine(task);
    default:
      return policy satisfies never;
  }
}

function inLine(task: TaskHeader): Overlap {
  task.hasLine = true;
  return { kind: "in-line" };
}

function stopOthers(
  tx: Tx,
  task: TaskHeader,
  { graceMs, nowMs }: { readonly graceMs: number; readonly nowMs: number },
): void {
  const request: CancelRequest = {
    cause: "overlap",
    actor: "rota",
    reason: "a newer run takes its place",
    requestedAtMs: nowMs,
    graceMs,
  };
  for (const key of liveRunKeys(tx, task)) {
    const run = locate(tx, key);
    if (run !== undefined) requestStop(tx, run, request);
  }
}
