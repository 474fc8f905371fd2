// What the checker reads from the database file, by SQL of its own.

import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";

type Raw = Readonly<Record<string, SQLOutputValue>>;

export interface BirthRow {
  readonly key: number;
  readonly taskKey: number;
  readonly revision: number;
  readonly isScheduled: boolean;
  readonly scheduledForMs: number | null;
}

export interface StateRow {
  readonly key: number;
  readonly table: string;
  readonly status: string;
  readonly claim: number;
  readonly attempt: number;
  readonly recoveries: number;
  readonly version: number;
  readonly startedAtMs: number | null;
  /** All of an ended row, to be compared with itself later. */
  readonly whole: string;
}

export interface TaskRow {
  readonly key: number;
  readonly name: string;
  readonly status: string;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly decidedThroughMs: number;
  readonly startedCount: number;
}

export interface OccurrenceRow {
  readonly taskKey: number;
  readonly scheduledForMs: number;
  readonly untilMs: number | null;
  readonly dueAtMs: number;
  readonly decision: string;
  readonly reason: string | null;
  readonly runKey: number | null;
  readonly decidedAtMs: number;
}

export interface HistoryRow {
  readonly runKey: number;
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  readonly data: string | null;
}

export interface Tables {
  readonly births: ReadonlyMap<number, BirthRow>;
  readonly states: readonly StateRow[];
  readonly tasks: ReadonlyMap<number, TaskRow>;
  /** Revisions as their JSON text, by `task/revision`. */
  readonly definitions: ReadonlyMap<string, string>;
  readonly occurrences: readonly OccurrenceRow[];
  readonly history: readonly HistoryRow[];
  readonly attempts: readonly { readonly runKey: number; readonly claim: number }[];
  readonly live: readonly { readonly taskKey: number; readonly runKey: number }[];
  readonly totals: ReadonlyMap<string, number>;
  readonly pages: readonly { readonly position: number; readonly count: number }[];
  /** What SQLite itself finds wrong with the file. */
  readonly damage: readonly string[];
}

/** The scheduler's own start is the first of the kinds a birth row's `origin` counts. */
const scheduleOrigin = 0;

const counters = "key, claim, attempt, recoveries, version, started_at_ms";
const statesSql = `
  select 'ready' as place, 'pending' as status, ${counters}, '' as whole from ready
  union all select 'held', status, ${counters}, '' from held
  union all select 'claimed', status, ${counters}, '' from claimed
  union all select 'ended', status, ${counters},
    json_array(status, claim, attempt, recoveries, interruptions, version, worker_key, started_at_ms, finished_at_ms, result, cancel)
    from ended`;

const batchesSql = "select run_keys, claimed_at_ms from claim_batches";

/** A first claim is one key of a batch's list, for as long as the run lies in no state table of its own. */
function batchedStates(batches: readonly Raw[], elsewhere: ReadonlySet<number>): readonly StateRow[] {
  return batches.flatMap((row) => {
    const keys = JSON.parse(text(row, "run_keys")) as readonly number[]; // a list of keys, by its name
    const startedAtMs = int(row, "claimed_at_ms");
    return keys
      .filter((key) => !elsewhere.has(key))
      .map((key) => ({
        key,
        table: "claimed",
        status: "running",
        claim: 1,
        attempt: 1,
        recoveries: 0,
        version: 2,
        startedAtMs,
        whole: "",
      }));
  });
}

/**
 * Reads everything the checker judges. It reads a copy, file and WAL, since opening a database is enough to change how it
 * was left; so nobody may be writing it meanwhile.
 */
export function readTables(file: string): Tables {
  const folder = mkdtempSync(join(tmpdir(), "rota-evidence-"));
  const copy = join(folder, "copy.db");
  copyFileSync(file, copy);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
  const db = new DatabaseSync(copy);
  try {
    const all = (sql: string): readonly Raw[] => db.prepare(sql).all();
    const states = all(statesSql).map(stateOf);
    const hasBatches = all("select 1 from sqlite_schema where name = 'claim_batches'").length > 0;
    return {
      damage: all("pragma integrity_check")
        .map((row) => text(row, "integrity_check"))
        .filter((line) => line !== "ok"),
      births: byKey(all("select key, task_key, revision, origin, scheduled_for_ms from runs").map(birthOf)),
      states: [
        ...states,
        ...batchedStates(hasBatches ? all(batchesSql) : [], new Set(states.map(({ key }) => key))),
      ],
      tasks: byKey(
        all(
          `select t.key, t.name, t.status, t.revision, t.created_at_ms, s.decided_through_ms, s.started_count
           from tasks t join schedules s on s.task_key = t.key`,
        ).map(taskOf),
      ),
      definitions: new Map(
        all("select task_key, revision, definition from revisions").map((row) => [
          `${int(row, "task_key")}/${int(row, "revision")}`,
          text(row, "definition"),
        ]),
      ),
      occurrences: all("select * from occurrences order by task_key, scheduled_for_ms").map(occurrenceOf),
      history: all("select * from history order by run_key, seq").map(historyOf),
      attempts: all("select run_key, claim from attempts order by run_key, claim").map((row) => ({
        runKey: int(row, "run_key"),
        claim: int(row, "claim"),
      })),
      live: all("select task_key, run_key from live").map((row) => ({
        taskKey: int(row, "task_key"),
        runKey: int(row, "run_key"),
      })),
      totals: new Map(
        all("select name, count from totals").map((row) => [text(row, "name"), int(row, "count")]),
      ),
      pages: all("select position, json_extract(events, '$.n') as count from journal order by position").map(
        (row) => ({
          position: int(row, "position"),
          count: int(row, "count"),
        }),
      ),
    };
  } finally {
    db.close();
    rmSync(folder, { recursive: true });
  }
}

function birthOf(row: Raw): BirthRow {
  return {
    key: int(row, "key"),
    taskKey: int(row, "task_key"),
    revision: int(row, "revision"),
    isScheduled: int(row, "origin") === scheduleOrigin,
    scheduledForMs: intOrNull(row, "scheduled_for_ms"),
  };
}

function stateOf(row: Raw): StateRow {
  return {
    key: int(row, "key"),
    table: text(row, "place"),
    status: text(row, "status"),
    claim: int(row, "claim"),
    attempt: int(row, "attempt"),
    recoveries: int(row, "recoveries"),
    version: int(row, "version"),
    startedAtMs: intOrNull(row, "started_at_ms"),
    whole: text(row, "whole"),
  };
}

function taskOf(row: Raw): TaskRow {
  return {
    key: int(row, "key"),
    name: text(row, "name"),
    status: text(row, "status"),
    revision: int(row, "revision"),
    createdAtMs: int(row, "created_at_ms"),
    decidedThroughMs: int(row, "decided_through_ms"),
    startedCount: int(row, "started_count"),
  };
}

function occurrenceOf(row: Raw): OccurrenceRow {
  return {
    taskKey: int(row, "task_key"),
    scheduledForMs: int(row, "scheduled_for_ms"),
    untilMs: intOrNull(row, "until_ms"),
    dueAtMs: int(row, "due_at_ms"),
    decision: text(row, "decision"),
    reason: textOrNull(row, "reason"),
    runKey: intOrNull(row, "run_key"),
    decidedAtMs: int(row, "decided_at_ms"),
  };
}

function historyOf(row: Raw): HistoryRow {
  return {
    runKey: int(row, "run_key"),
    seq: int(row, "seq"),
    atMs: int(row, "at_ms"),
    type: text(row, "type"),
    data: textOrNull(row, "data"),
  };
}

function byKey<Row extends { readonly key: number }>(rows: readonly Row[]): ReadonlyMap<number, Row> {
  return new Map(rows.map((row) => [row.key, row]));
}

function int(row: Raw, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new Error(`column ${column} holds ${String(value)}, not a number`);
  return value;
}

function intOrNull(row: Raw, column: string): number | null {
  return row[column] === null ? null : int(row, column);
}

function text(row: Raw, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`column ${column} holds ${String(value)}, not text`);
  return value;
}

function textOrNull(row: Raw, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}
