// The task's state machine: active, paused, completed, cancelled.

export const taskStatuses = ["active", "paused", "completed", "cancelled"] as const;
/** Where a task stands; `completed` can begin anew by an edit, `cancelled` is for good. */
export type TaskStatus = (typeof taskStatuses)[number];

/**
 * `complete` no instant is left and no run is live · `reopen` an edit gives a completed task new instants ·
 * `cancel` stopped for good.
 */
export const taskEvents = ["pause", "resume", "complete", "reopen", "cancel"] as const;
export type TaskEvent = (typeof taskEvents)[number];

/** State × event → state; what is not listed is refused with `ILLEGAL_TRANSITION`. Repeating a cancel is harmless. */
export const taskTransitions: Readonly<Record<TaskStatus, Readonly<Partial<Record<TaskEvent, TaskStatus>>>>> =
  {
    active: { pause: "paused", complete: "completed", cancel: "cancelled" },
    paused: { pause: "paused", resume: "active", complete: "completed", cancel: "cancelled" },
    completed: { reopen: "active", cancel: "cancelled" },
    cancelled: { cancel: "cancelled" },
  };

export function nextTaskStatus(status: TaskStatus, event: TaskEvent): TaskStatus | undefined {
  return taskTransitions[status][event];
}
