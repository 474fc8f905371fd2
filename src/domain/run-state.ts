// The run's state machine: the only place that decides which state follows which.

export const runStatuses = [
  "blocked",
  "pending",
  "running",
  "waiting",
  "retrying",
  "paused",
  "cancelling",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
  "skipped",
] as const;
/** Where a run stands; the last five are its end. `waiting` and `retrying` hold no worker. */
export type RunStatus = (typeof runStatuses)[number];

export const terminalStatuses = ["completed", "failed", "cancelled", "timed_out", "skipped"] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];
export type LiveStatus = Exclude<RunStatus, TerminalStatus>;

const terminal: ReadonlySet<RunStatus> = new Set(terminalStatuses);

export function isTerminal(status: RunStatus): status is TerminalStatus {
  return terminal.has(status);
}

/**
 * What can happen to a run.
 *
 * `unblock` its dependencies completed · `claim` a worker takes it · `due` the time or answer it waited for came ·
 * `complete`, `fail`, `time-out` an attempt ended and none follows · `retry` an attempt failed and another follows ·
 * `snooze` the executor asks to be called later · `suspend` the executor waits without holding anything ·
 * `interrupt` its worker was lost or stopped and it may be repeated · `cancel` a request to stop · `abort` the claim
 * ended in answer to such a request · `expire` it never began in time · `deadline` the whole run took too long ·
 * `skip` its dependency failed under `skip`, or its branch was not taken · `pause`, `resume`.
 */
export const runEvents = [
  "unblock",
  "claim",
  "due",
  "complete",
  "fail",
  "time-out",
  "retry",
  "snooze",
  "suspend",
  "interrupt",
  "cancel",
  "abort",
  "expire",
  "deadline",
  "skip",
  "pause",
  "resume",
] as const;
export type RunEvent = (typeof runEvents)[number];

/** `resume` leads back to where the pause was made from. */
type Cell = RunStatus | "paused-from";

/**
 * State × event → state; what is not listed is refused. A `cancelling` run records a success as `completed` (the work
 * was done) and everything else as `cancelled` (SEM 9). A run that holds nothing is cancelled at once.
 */
export const runTransitions: Readonly<Record<RunStatus, Readonly<Partial<Record<RunEvent, Cell>>>>> = {
  blocked: {
    unblock: "pending",
    fail: "failed",
    skip: "skipped",
    cancel: "cancelled",
    expire: "timed_out",
    deadline: "timed_out",
    pause: "paused",
  },
  pending: {
    claim: "running",
    fail: "failed",
    skip: "skipped",
    cancel: "cancelled",
    expire: "timed_out",
    deadline: "timed_out",
    pause: "paused",
  },
  running: {
    complete: "completed",
    fail: "failed",
    "time-out": "timed_out",
    retry: "retrying",
    snooze: "pending",
    suspend: "waiting",
    interrupt: "pending",
    cancel: "cancelling",
    deadline: "cancelling",
    pause: "paused",
  },
  waiting: {
    due: "pending",
    fail: "failed",
    "time-out": "timed_out",
    cancel: "cancelled",
    deadline: "timed_out",
    pause: "paused",
  },
  retrying: { due: "pending", cancel: "cancelled", deadline: "timed_out", pause: "paused" },
  paused: {
    resume: "paused-from",
    unblock: "paused",
    due: "paused",
    interrupt: "paused",
    fail: "failed",
    skip: "skipped",
    cancel: "cancelled",
    expire: "timed_out",
    deadline: "timed_out",
  },
  cancelling: {
    complete: "completed",
    fail: "cancelled",
    "time-out": "cancelled",
    retry: "cancelled",
    snooze: "cancelled",
    suspend: "cancelled",
    interrupt: "cancelled",
    abort: "cancelled",
    cancel: "cancelling",
    deadline: "cancelling",
  },
  completed: {},
  failed: {},
  cancelled: {},
  timed_out: {},
  skipped: {},
};

/** The state after `event`, or undefined when the event is not possible in `status`. */
export function nextRunStatus(
  status: RunStatus,
  event: RunEvent,
  pausedFrom?: LiveStatus,
): RunStatus | undefined {
  const next = runTransitions[status][event];
  if (next !== "paused-from") return next;
  // A run paused while it ran has lost or given up its claim by the time it is resumed without one: it is pending.
  return pausedFrom === undefined || pausedFrom === "paused" ? "pending" : pausedFrom;
}
