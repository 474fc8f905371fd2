// Editing a task: a new revision; the cursor never goes back (SEM 13).

import { isSameJson } from "../../../domain/json.ts";
import { nextTaskStatus } from "../../../domain/task-state.ts";
import type { TaskEdit, TaskReply } from "../../../ports/task-ledger.ts";
import { completeIfDone, settleAftermath } from "../state/consequences.ts";
import { unpark } from "../state/park.ts";
import { rulesOf, toTask, type TaskHeader } from "../state/task-cache.ts";
import { countTask } from "../state/task-totals.ts";
import { track } from "../state/track.ts";
import type { Tx } from "../state/tx.ts";
import { dependencyProblem, ownerOfExternalId } from "./create.ts";

export function editTask(tx: Tx, edit: TaskEdit, nowMs: number): TaskReply {
  const task = tx.tasks.find(edit.key);
  if (task === undefined || task.isDeleted) return { ok: false, error: "NOT_FOUND", key: edit.key };
  if (task.revision !== edit.expectedRevision)
    return { ok: false, error: "REVISION_MISMATCH", revision: task.revision };
  // Equal content makes no revision and leaves the cursor (SEM 29).
  if (edit.schedule === undefined && isSameJson(edit.definition, task.definition))
    return { ok: true, task: toTask(task) };
  if (task.status === "cancelled") return { ok: false, error: "ILLEGAL_TRANSITION", status: task.status };
  const definition = JSON.stringify(edit.definition);
  const taken = ownerOfExternalId(tx, edit.definition);
  if (taken !== undefined && taken !== edit.key) return { ok: false, error: "ALREADY_EXISTS", key: taken };
  // What it depended on before may be gone by now; that forbids no other change.
  const isSame = JSON.stringify(edit.definition.dependsOn) === JSON.stringify(task.definition.dependsOn);
  const problem = isSame ? undefined : dependencyProblem(tx, edit.key, edit.definition);
  if (problem !== undefined) return { ok: false, ...problem };
  revise(tx, task, { edit, definition, nowMs });
  tx.taskEvent(task.key, "task.updated", { atMs: nowMs, data: { revision: task.revision } });
  liftLimits(tx, task);
  settleAftermath(tx, nowMs);
  completeIfDone(tx, task, nowMs);
  return { ok: true, task: toTask(task) };
}

function revise(
  tx: Tx,
  task: TaskHeader,
  {
    edit,
    definition,
    nowMs,
  }: { readonly edit: TaskEdit; readonly definition: string; readonly nowMs: number },
): void {
  task.revision += 1;
  task.definition = edit.definition;
  task.definitionText = definition;
  task.rules = rulesOf(edit.definition);
  task.updatedAtMs = nowMs;
  if (task.rules.needsTracking) track(tx, task);
  if (edit.schedule !== undefined) anchorAnew(tx, task, edit.schedule);
  const { userId, externalId, conversationId, name, type } = edit.definition;
  tx.sql
    .named("tasks.edit")
    .run(
      task.revision,
      task.status,
      userId ?? null,
      externalId ?? null,
      conversationId ?? null,
      name,
      type,
      task.anchorMs,
      nowMs,
      task.key,
    );
  countTask(tx.totals, task);
  tx.sql.named("tasks.insertRevision").run(task.key, task.revision, definition, nowMs);
}

function anchorAnew(tx: Tx, task: TaskHeader, schedule: NonNullable<TaskEdit["schedule"]>): void {
  task.anchorMs = schedule.anchorMs;
  task.decidedThroughMs = Math.max(task.decidedThroughMs, schedule.decidedThroughMs);
  task.status = nextTaskStatus(task.status, "reopen") ?? task.status;
  const nextMs = schedule.nextFireAtMs ?? null;
  const isPaused = task.status === "paused";
  task.nextFireAtMs = isPaused ? null : nextMs;
  task.keptFireAtMs = isPaused ? nextMs : null;
  tx.sql
    .named("tasks.setSchedule")
    .run(
      task.decidedThroughMs,
      task.nextFireAtMs,
      task.keptFireAtMs,
      task.startedCount,
      task.rules.chainMs === undefined ? 0 : 1,
      task.key,
    );
  if (task.nextFireAtMs !== null) tx.note.fires(task.nextFireAtMs);
}

/** Limits act live: what an old one held back is judged again at the next claim. */
function liftLimits(tx: Tx, task: TaskHeader): void {
  unpark(tx, `task-limit:${task.key}`);
  for (const row of tx.sql.named("runs.keyLimitsOfTask").all(task.key)) unpark(tx, String(row[0]));
}
