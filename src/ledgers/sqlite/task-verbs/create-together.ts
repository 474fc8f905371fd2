// Creating many tasks: all of them or none.

import type { Key } from "../../../domain/ids.ts";
import type { RareTaskParts, TaskColumns } from "../columns/task-columns.ts";
import { countNewTask } from "../state/task-totals.ts";
import type { Tx } from "../state/tx.ts";
import { dependencyProblem, ownerOfExternalId, TaskRows, type CreateReply, type RowFacts } from "./create.ts";

/** The first that may not be stored, because of which none was. */
export interface RefusedTask {
  readonly index: number;
  readonly refusal: Exclude<CreateReply, Key>;
}

/**
 * The keys as given, when all are stored.
 *
 * Looks at all before it writes one. What is stored is not kept in the cache: so many would drive out all that is busy.
 */
export function createTogether(tx: Tx, columns: TaskColumns, nowMs: number): readonly Key[] | RefusedTask {
  const refused = firstRefused(tx, columns);
  if (refused !== undefined) return refused;
  const rows = new TaskRows(tx);
  for (let index = 0; index < columns.key.length; index++) {
    const facts = factsAt(columns, index, nowMs);
    rows.add(facts, columns.rare[index]?.pausedBy);
    countNewTask(tx.totals, facts);
    tx.taskEvent(facts.key, "task.created", { atMs: nowMs });
    if (facts.nextFireAtMs !== null) tx.note.fires(facts.nextFireAtMs);
  }
  rows.write();
  return columns.key;
}

/** No other task can wait for new ones yet; so they need only be free of what stands in the tables and of each other. */
function firstRefused(tx: Tx, { key: keys, rare }: TaskColumns): RefusedTask | undefined {
  /** Who takes an externalId within this very call, by owner and id. */
  const takers = new Map<string, Key>();
  for (const [index, key] of keys.entries()) {
    const parts = rare[index];
    if (parts === undefined) continue;
    const taken = ownerOfExternalId(tx, parts) ?? takerOf(takers, key, parts);
    if (taken !== undefined) return { index, refusal: { error: "ALREADY_EXISTS", key: taken } };
    const dependsOn = (parts.dependsOn ?? []).map((taskKey) => ({ taskKey }));
    const problem = dependencyProblem(tx, key, { dependsOn });
    if (problem !== undefined) return { index, refusal: problem };
  }
  return undefined;
}

/** The task of the same call that has this externalId already; else this one takes it. */
function takerOf(takers: Map<string, Key>, key: Key, { userId, externalId }: RareTaskParts): Key | undefined {
  if (externalId === undefined) return undefined;
  const name = JSON.stringify([userId ?? "", externalId]);
  const taker = takers.get(name);
  if (taker === undefined) takers.set(name, key);
  return taker;
}

function factsAt(columns: TaskColumns, index: number, nowMs: number): RowFacts {
  const { userId, externalId, conversationId, isPaused = false, pausedBy } = columns.rare[index] ?? {};
  const nextFireAtMs = columns.nextFireAtMs[index] ?? null;
  return {
    key: columns.key[index] ?? 0,
    status: isPaused ? "paused" : "active",
    definition: {
      name: columns.name[index] ?? "",
      type: columns.type[index] ?? "",
      ...(userId === undefined ? {} : { userId }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(conversationId === undefined ? {} : { conversationId }),
    },
    definitionText: columns.definition[index] ?? "null",
    rules: { chainMs: columns.chainMs[index], isTimed: columns.isTimed[index] ?? true },
    pausedBy: pausedBy === undefined ? null : JSON.stringify(pausedBy),
    anchorMs: columns.anchorMs[index] ?? nowMs,
    isTracked: columns.isTracked[index] ?? true,
    decidedThroughMs: columns.decidedThroughMs[index] ?? nowMs,
    nextFireAtMs: isPaused ? null : nextFireAtMs,
    keptFireAtMs: isPaused ? nextFireAtMs : null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
