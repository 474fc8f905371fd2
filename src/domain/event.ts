// Events: the facts about tasks and runs, with their sequence numbers.

import type { Key } from "./ids.ts";
import type { Json } from "./json.ts";

/** Every kind of event; a run's own events are numbered from 1 without gap (SEM 7). */
export const eventTypes = [
  "run.created",
  "run.replaced",
  "run.started",
  "run.completed",
  "run.failed",
  "run.cancelled",
  "run.timed-out",
  "run.skipped",
  "run.retrying",
  "run.snoozed",
  "run.suspended",
  "run.due",
  "run.interrupted",
  "run.recovered",
  "run.unblocked",
  "run.paused",
  "run.resumed",
  "run.cancel-requested",
  "run.result-discarded",
  "task.created",
  "task.updated",
  "task.paused",
  "task.resumed",
  "task.completed",
  "task.cancelled",
  "task.deleted",
  "occurrence.skipped",
  "occurrence.missed",
  "occurrence.coalesced",
  "occurrence.dropped",
  "schedule.cursor-ahead",
  "guard.failed",
  "scheduler.stalled",
] as const;
/** The kind of an event: a noun and what has happened to it. New kinds may be added, none changes its meaning. */
export type EventType = (typeof eventTypes)[number];

/** One event of the feed. */
export interface RotaEvent {
  /** Place in the feed; grows with commit order. */
  readonly position: number;
  readonly type: EventType;
  readonly atMs: number;
  readonly taskKey: Key;
  readonly runKey?: Key;
  /** The run's version after this event. */
  readonly seq?: number;
  readonly data?: Json;
}

/** One event of a run's own history. */
export interface RunHistoryEvent {
  readonly seq: number;
  readonly type: EventType;
  readonly atMs: number;
  readonly data?: Json;
}
