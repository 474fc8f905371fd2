// Cancelling runs, named or all live ones of a task.

import type { Key } from "../../../domain/ids.ts";
import type { CancelRequest } from "../../../domain/run.ts";
import { isTerminal } from "../../../domain/run-state.ts";
import type { RunReply } from "../../../ports/run-ledger.ts";
import { toRun } from "../reading/read-run.ts";
import { settleAftermath } from "../state/consequences.ts";
import { locate } from "../state/locate.ts";
import { requestStop } from "../state/stop.ts";
import { liveRunKeys } from "../state/track.ts";
import type { Tx } from "../state/tx.ts";

export type CancelTarget = { readonly runKeys: readonly Key[] } | { readonly taskKey: Key };

export function cancel(
  tx: Tx,
  target: CancelTarget,
  request: CancelRequest,
  nowMs: number,
): readonly RunReply[] {
  const keys = "runKeys" in target ? target.runKeys : liveOf(tx, target.taskKey);
  const changed = keys.map((key) => cancelOne(tx, key, request));
  settleAftermath(tx, nowMs);
  return keys.map((key, index) => reply(tx, key, changed[index]));
}

function liveOf(tx: Tx, taskKey: Key): readonly Key[] {
  const task = tx.tasks.find(taskKey);
  return task === undefined ? [] : liveRunKeys(tx, task);
}

/** Undefined: refused. A second cancel of a cancelled run changes nothing and is no mistake. */
function cancelOne(tx: Tx, key: Key, request: CancelRequest): boolean | undefined {
  const run = locate(tx, key);
  if (run === undefined) return undefined;
  if (isTerminal(run.status)) return run.status === "cancelled" ? false : undefined;
  return requestStop(tx, run, request);
}

function reply(tx: Tx, key: Key, changed: boolean | undefined): RunReply {
  const run = locate(tx, key);
  if (run === undefined) return { ok: false, error: "NOT_FOUND" };
  if (changed === undefined) return { ok: false, error: "ILLEGAL_TRANSITION", status: run.status };
  return { ok: true, run: toRun(tx, run), changed };
}
