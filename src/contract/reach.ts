// How far each operation reaches for a caller that is bound to a user: the one place that knows, and it knows them all.

import type { OperationName } from "./routes.ts";

/**
 * - `own`: it sees and touches only what belongs to its user; ids of others are `NOT_FOUND`, lists leave them out.
 * - `anyone`: the answer is the same for everybody and tells nothing of anybody's.
 * - `installation`: it concerns all users at once, so a bound caller is refused.
 */
export type Reach = "own" | "anyone" | "installation";

/** Exhaustive: a new operation does not compile until somebody has decided whose things it shows. */
export const reachOf: Readonly<Record<OperationName, Reach>> = {
  "tasks.create": "own",
  "tasks.createMany": "own",
  "tasks.list": "own",
  "tasks.get": "own",
  "tasks.update": "own",
  "tasks.delete": "own",
  "tasks.pause": "own",
  "tasks.resume": "own",
  "tasks.cancel": "own",
  "tasks.trigger": "own",
  "tasks.runs": "own",
  "tasks.occurrences": "own",
  "tasks.upcoming": "own",
  "tasks.explain": "own",
  "users.tasks": "own",
  "runs.list": "own",
  "runs.get": "own",
  "runs.cancel": "own",
  "runs.pause": "own",
  "runs.resume": "own",
  "runs.retry": "own",
  "runs.signal": "own",
  "runs.answer": "own",
  "runs.events": "own",
  "runs.logs": "own",
  "runs.output": "own",
  "runs.attempts": "own",
  "runs.children": "own",
  "runs.explain": "own",
  "executors.list": "anyone",
  "executors.get": "anyone",
  "queues.list": "installation",
  "queues.get": "installation",
  "queues.update": "installation",
  "queues.pause": "installation",
  "queues.resume": "installation",
  "queues.explain": "installation",
  "workers.list": "installation",
  "schedules.preview": "anyone",
  "schedules.simulate": "anyone",
  "workflows.check": "anyone",
  "workflows.simulate": "anyone",
  "workflows.draw": "anyone",
  "stats.get": "own",
  "limits.get": "anyone",
  "maintenance.cleanup": "installation",
  "keys.create": "installation",
  "keys.list": "installation",
  "keys.get": "installation",
  "keys.revoke": "installation",
  "audit.list": "installation",
};
