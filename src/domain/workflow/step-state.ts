// The state machine of a step within its workflow run: the only place that decides which state follows which.

export const stepStatuses = [
  "pending",
  "deciding",
  "running",
  "completing",
  "completed",
  "failed",
  "skipped",
  "cancelled",
] as const;
/** `deciding`: its `when`, `if` or `over` is being computed; `completing`: its `set` is. The last four are its end. */
export type StepStatus = (typeof stepStatuses)[number];

export type StepEvent = "decide" | "start" | "finish" | "complete" | "fail" | "skip" | "cancel";

const stepTransitions: Readonly<Record<StepStatus, Readonly<Partial<Record<StepEvent, StepStatus>>>>> = {
  pending: {
    decide: "deciding",
    start: "running",
    complete: "completed",
    skip: "skipped",
    cancel: "cancelled",
  },
  deciding: {
    start: "running",
    complete: "completed",
    fail: "failed",
    skip: "skipped",
    cancel: "cancelled",
  },
  running: { finish: "completing", complete: "completed", fail: "failed", cancel: "cancelled" },
  completing: { complete: "completed", fail: "failed" },
  completed: {},
  failed: {},
  skipped: {},
  cancelled: {},
};

const ends: ReadonlySet<StepStatus> = new Set(["completed", "failed", "skipped", "cancelled"]);

/** Whether the step is over. */
export function isSettled(status: StepStatus): boolean {
  return ends.has(status);
}

/** The state after `event`; throws where the table has none, since only a defect of ours leads there. */
export function nextStepStatus(status: StepStatus, event: StepEvent): StepStatus {
  const next = stepTransitions[status][event];
  if (next === undefined) throw new Error(`a ${status} step cannot ${event}`);
  return next;
}
