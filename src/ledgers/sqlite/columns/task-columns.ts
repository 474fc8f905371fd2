// New tasks as columns: what crosses the channel for many of them, and all that their rows need.

import type { Key } from "../../../domain/ids.ts";
import type { PausedBy } from "../../../domain/task.ts";
import type { NewTask } from "../../../ports/task-ledger.ts";
import { rulesOf } from "../state/task-cache.ts";

/** One entry of each for each task; definitions are JSON, and stored as they come. */
export interface TaskColumns {
  readonly key: Key[];
  readonly name: string[];
  readonly type: string[];
  readonly definition: string[];
  readonly anchorMs: number[];
  readonly decidedThroughMs: number[];
  readonly nextFireAtMs: (number | null)[];
  /** What follows from the definitions, so that the store need not read them. */
  readonly isTracked: boolean[];
  readonly isTimed: boolean[];
  readonly chainMs: (number | undefined)[];
  /** What few tasks have, by their place. */
  readonly rare: Record<number, RareTaskParts>;
}

export interface RareTaskParts {
  readonly userId?: string;
  readonly externalId?: string;
  readonly conversationId?: string;
  readonly dependsOn?: readonly Key[];
  readonly isPaused?: true;
  readonly pausedBy?: PausedBy;
}

export function toTaskColumns(tasks: readonly NewTask[]): TaskColumns {
  const columns: TaskColumns = {
    key: [],
    name: [],
    type: [],
    definition: [],
    anchorMs: [],
    decidedThroughMs: [],
    nextFireAtMs: [],
    isTracked: [],
    isTimed: [],
    chainMs: [],
    rare: {},
  };
  for (const [index, task] of tasks.entries()) {
    const { definition } = task;
    const rules = rulesOf(definition);
    columns.key.push(task.key);
    columns.name.push(definition.name);
    columns.type.push(definition.type);
    columns.definition.push(JSON.stringify(definition));
    columns.anchorMs.push(task.anchorMs);
    columns.decidedThroughMs.push(task.decidedThroughMs);
    columns.nextFireAtMs.push(task.nextFireAtMs ?? null);
    columns.isTracked.push(rules.needsTracking);
    columns.isTimed.push(rules.isTimed);
    columns.chainMs.push(rules.chainMs);
    const rare = rareOf(task);
    if (rare !== undefined) columns.rare[index] = rare;
  }
  return columns;
}

function rareOf({ status, pausedBy, definition }: NewTask): RareTaskParts | undefined {
  const { userId, externalId, conversationId, dependsOn } = definition;
  const isPaused = status === "paused";
  if (!isPaused && dependsOn.length === 0 && (userId ?? externalId ?? conversationId) === undefined)
    return undefined;
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map(({ taskKey }) => taskKey) }),
    ...(isPaused ? { isPaused } : {}),
    ...(pausedBy === undefined ? {} : { pausedBy }),
  };
}
