// Tasks as the store needs them while it works: header, schedule and parsed definition, kept for the busiest 5,000.

import type { Key } from "../../../domain/ids.ts";
import type { Task, TaskDefinition } from "../../../domain/task.ts";
import { taskStatuses, type TaskStatus } from "../../../domain/task-state.ts";
import { parseDurationMs } from "../../../domain/duration.ts";
import { int, intOrNull, oneOf, text, textOrNull, type Row } from "../row.ts";
import { parsePausedBy } from "../run-row.ts";
import type { Statements } from "../statements.ts";
import { countedAs, type CountedTask } from "./task-totals.ts";

/** Mutable: whoever writes a row changes this too. */
export interface TaskHeader {
  readonly key: Key;
  revision: number;
  status: TaskStatus;
  definition: TaskDefinition;
  definitionText: string;
  /** What follows from the definition. */
  rules: TaskRules;
  /** JSON of a `PausedBy`. */
  pausedBy: string | null;
  anchorMs: number;
  decidedThroughMs: number;
  nextFireAtMs: number | null;
  /** Where the next instant waits while the task is paused. */
  keptFireAtMs: number | null;
  startedCount: number;
  readonly createdAtMs: number;
  updatedAtMs: number;
  isDeleted: boolean;
  /** Whether any run waits, or waited, for runs of this task. */
  isDependedOn: boolean;
  /** Settling a run of it must look at the task; its live runs are listed. Once true it stays so. */
  isTracked: boolean;
  /** What the totals hold of it. */
  counted: CountedTask;
  /** Whether runs stand in the line of its overlap policy; undefined: not looked up yet. */
  hasLine: boolean | undefined;
}

export interface TaskRules {
  /** Settling a run must look at the task: overlap, limit, chained or ending schedule. */
  readonly needsTracking: boolean;
  /** Has instants, so it is completed when none is left. */
  readonly canComplete: boolean;
  /** A clock starts its runs. */
  readonly isTimed: boolean;
  /** Fixed delay: milliseconds from the end of a run to the next instant. */
  readonly chainMs: number | undefined;
  readonly limit: number | undefined;
  readonly keyLimit: number | undefined;
}

const keptTasks = 5000;

export class TaskCache {
  readonly #sql: Statements;
  readonly #headers = new Map<Key, TaskHeader>();
  /** Definitions of older revisions, by `key:revision`. */
  readonly #older = new Map<string, TaskDefinition>();
  /** Whether any dependency was ever stored; while not, nobody has to be asked. */
  #hasDependencies: boolean | undefined;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** The task, deleted ones included. */
  find(key: Key): TaskHeader | undefined {
    const known = this.#headers.get(key);
    if (known !== undefined) return known;
    const row = this.#sql.named("tasks.header").get(key);
    return row === undefined ? undefined : this.keep(row);
  }

  /** The task of a run that exists. */
  get(key: Key): TaskHeader {
    const header = this.find(key);
    if (header === undefined) throw new Error(`task ${key} of a stored run does not exist`);
    return header;
  }

  /** Keeps a row of `tasks.header` or of a query with the same columns. */
  keep(row: Row): TaskHeader {
    const key = int(row, 0);
    const known = this.#headers.get(key);
    if (known !== undefined) return known;
    const definitionText = text(row, 12);
    const definition = parseDefinition(definitionText);
    const rules = rulesOf(definition);
    const status = oneOf(taskStatuses, text(row, 2));
    const isDeleted = intOrNull(row, 7) !== null;
    const [nextFireAtMs, startedCount] = [intOrNull(row, 9), int(row, 11)];
    const header: TaskHeader = {
      key,
      revision: int(row, 1),
      status,
      definition,
      definitionText,
      rules,
      pausedBy: textOrNull(row, 3),
      anchorMs: int(row, 4),
      createdAtMs: int(row, 5),
      updatedAtMs: int(row, 6),
      isDeleted,
      decidedThroughMs: int(row, 8),
      nextFireAtMs,
      keptFireAtMs: intOrNull(row, 10),
      startedCount,
      isDependedOn: this.#isDependedOn(key),
      isTracked: int(row, 13) === 1,
      hasLine: undefined,
      counted: countedAs({ status, isDeleted, nextFireAtMs, startedCount, rules }),
    };
    this.put(header);
    return header;
  }

  put(header: TaskHeader): void {
    if (this.#headers.size >= keptTasks) {
      // The oldest tenth goes at once: evicting one by one would cost a lookup for each new task.
      for (const key of [...this.#headers.keys()].slice(0, keptTasks / 10)) this.#headers.delete(key);
    }
    this.#headers.set(header.key, header);
  }

  /** The definition a run pinned. */
  definition(key: Key, revision: number): TaskDefinition {
    const header = this.#headers.get(key);
    if (header !== undefined && header.revision === revision) return header.definition;
    const name = `${key}:${revision}`;
    const known = this.#older.get(name);
    if (known !== undefined) return known;
    const definition = parseDefinition(this.definitionText(key, revision) ?? "null");
    if (this.#older.size >= keptTasks) this.#older.clear();
    this.#older.set(name, definition);
    return definition;
  }

  definitionText(key: Key, revision: number): string | undefined {
    const header = this.#headers.get(key);
    if (header !== undefined && header.revision === revision) return header.definitionText;
    const row = this.#sql.named("tasks.definitionAt").get(key, revision);
    return row === undefined ? undefined : text(row, 0);
  }

  /** Notes that runs wait for runs of this task. */
  dependedOn(key: Key): void {
    this.#hasDependencies = true;
    const header = this.#headers.get(key);
    if (header !== undefined) header.isDependedOn = true;
  }

  clear(): void {
    this.#headers.clear();
    this.#older.clear();
    this.#hasDependencies = undefined;
  }

  #isDependedOn(key: Key): boolean {
    this.#hasDependencies ??= this.#sql.named("dependencies.any").get() !== undefined;
    return this.#hasDependencies && this.#sql.named("dependencies.anyOnTask").get(key) !== undefined;
  }
}

export function parseDefinition(definition: string): TaskDefinition {
  return JSON.parse(definition) as TaskDefinition; // stored from a `TaskDefinition` only
}

export function rulesOf(definition: TaskDefinition): TaskRules {
  const { trigger, overlap, concurrency } = definition;
  const chain =
    trigger.kind === "interval" && trigger.mode === "fixed-delay"
      ? parseDurationMs(trigger.every)
      : undefined;
  return {
    needsTracking:
      trigger.kind !== "manual" || overlap.policy !== "allow" || concurrency?.limit !== undefined,
    canComplete: trigger.kind !== "manual",
    isTimed: trigger.kind !== "manual" && trigger.kind !== "immediate",
    chainMs: chain?.ok === true ? chain.ms : undefined,
    limit: concurrency?.limit,
    keyLimit: concurrency?.keyLimit,
  };
}

/** The task as the ports show it. */
export function toTask(header: TaskHeader): Task {
  return {
    key: header.key,
    definition: header.definition,
    status: header.status,
    revision: header.revision,
    ...(header.pausedBy === null ? {} : { pausedBy: parsePausedBy(header.pausedBy) }),
    anchorMs: header.anchorMs,
    decidedThroughMs: header.decidedThroughMs,
    ...(header.nextFireAtMs === null ? {} : { nextFireAtMs: header.nextFireAtMs }),
    ...(header.keptFireAtMs === null ? {} : { keptFireAtMs: header.keptFireAtMs }),
    startedCount: header.startedCount,
    createdAtMs: header.createdAtMs,
    updatedAtMs: header.updatedAtMs,
  };
}
