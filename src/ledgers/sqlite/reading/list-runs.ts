// Lists of runs: one index drives, the rest of the condition is judged by SQL, within a bound for each page.

import { every, oneOf, type Condition } from "../../../domain/filter/expression.ts";
import { firstKeyAt, type Key } from "../../../domain/ids.ts";
import { runStatuses } from "../../../domain/run-state.ts";
import type { Run } from "../../../domain/run.ts";
import type { Page } from "../../../ports/page.ts";
import type { RunQuery } from "../../../ports/run-ledger.ts";
import { int, intOrNull, oneOf as oneOfWords, textOrNull, type Row } from "../row.ts";
import { newRow } from "../run-row.ts";
import { locate } from "../state/locate.ts";
import type { Tx } from "../state/tx.ts";
import { scanKeys, type KeyScan } from "./key-scan.ts";
import { buildCondition, type SqlCondition } from "./list-query.ts";
import { boundsOf, mustPass } from "./narrow.ts";
import { toRun } from "./read-run.ts";
import { chooseDrive } from "./run-drives.ts";
import { runSubject } from "./run-fields.ts";

export function listRuns(tx: Tx, query: RunQuery): Page<Run> {
  const plan = planRuns(tx, query);
  return scanKeys(tx, {
    ...plan,
    judge: (keys, limit) => {
      const select = selectOf(plan.rest, runColumns, "left join run_reports p on p.run_key = r.key");
      return askFor(tx, select, { keys, rest: plan.rest, limit }).flatMap((row) => readListed(tx, row) ?? []);
    },
  });
}

export function listRunKeys(tx: Tx, query: RunQuery): Page<Key> {
  const plan = planRuns(tx, query);
  const page = scanKeys(tx, {
    ...plan,
    judge: (keys, limit) => {
      if (plan.passesAll) return keys.slice(0, limit).map((key) => ({ key }));
      const rows = askFor(tx, selectOf(plan.rest, "r.key"), { keys, rest: plan.rest, limit });
      return rows.map((row) => ({ key: int(row, 0) }));
    },
  });
  return { ...page, items: page.items.map(({ key }) => key) };
}

/** The short fields of a query say the same as a condition: this is the whole of it. */
function runCondition(query: RunQuery): Condition {
  const { taskKey, userId, conversationId, status, type, queue, createdFromMs, createdUntilMs, where } =
    query;
  const parts: Condition[] = [];
  const among = (field: string, values: readonly (string | number)[] | undefined) => {
    if (values !== undefined) parts.push(oneOf(field, values));
  };
  among("taskId", taskKey === undefined ? undefined : [taskKey]);
  among("userId", userId === undefined ? undefined : [userId]);
  among("conversationId", conversationId === undefined ? undefined : [conversationId]);
  among("status", status);
  among("type", type);
  among("queue", queue === undefined ? undefined : [queue]);
  if (createdFromMs !== undefined)
    parts.push({ kind: "compare", field: "createdAt", path: [], order: ">=", value: createdFromMs });
  if (createdUntilMs !== undefined)
    parts.push({ kind: "compare", field: "createdAt", path: [], order: "<", value: createdUntilMs });
  // No run has a parent yet: workflows bring children.
  if (query.parentKey !== undefined) parts.push({ kind: "some", parts: [] });
  if (where !== undefined) parts.push(where);
  return every(parts);
}

/** Every run has a state, so "not completed" names all others: these have indexes. */
function namingStates(condition: Condition): Condition {
  if (condition.kind === "every") return every(condition.parts.map(namingStates));
  if (condition.kind !== "not" || condition.part.kind !== "one-of" || condition.part.field !== "status")
    return condition;
  const { values } = condition.part;
  return oneOf(
    "status",
    runStatuses.filter((status) => !values.includes(status)),
  );
}

interface RunPlan extends Omit<KeyScan<{ readonly key: Key }>, "judge"> {
  /** What the drive does not see to. */
  readonly rest: SqlCondition;
}

export function planRuns(tx: Tx, query: RunQuery): RunPlan {
  const { order = "newest", limit, after } = query;
  const condition = namingStates(runCondition(query));
  const tests = mustPass(condition);
  const drive = chooseDrive(tx, tests, order);
  const created = boundsOf(tests, "createdAt");
  const parts = condition.kind === "every" ? condition.parts : [condition];
  const settled = new Set<string>();
  // The drive has seen to the first test of a field only, and the bounds to every comparison of times of creation.
  const rest = parts.filter((part) => {
    if (part.kind === "compare" && part.field === "createdAt") return false;
    if (part.kind !== "one-of" || settled.has(part.field) || !drive.settles.includes(part.field)) return true;
    settled.add(part.field);
    return false;
  });
  return {
    drive,
    order,
    limit,
    after,
    low: keyAt(created.fromMs),
    high: keyAt(created.untilMs),
    passesAll: rest.length === 0,
    rest: buildCondition(every(rest), runSubject),
  };
}

function keyAt(ms: number): Key {
  return Math.min(Math.max(0, firstKeyAt(ms)), Number.MAX_SAFE_INTEGER);
}

const runColumns = `r.key, r.task_key, r.revision, r.lane_id, r.place, r.due_at_ms, r.scheduled_for_ms, r.origin, r.extra,
r.params, p.progress, e.status, e.claim, e.attempt, e.recoveries, e.interruptions, e.version, e.worker_key,
e.started_at_ms, e.cancel, e.finished_at_ms, e.result`;

/** Judges the keys given as JSON, in their order: the cross join makes them the outer loop. */
export function selectOf({ sql, joins }: SqlCondition, columns: string, more = ""): string {
  const needed = more === "" ? joins : [...new Set(["ended", ...joins])];
  const hands = joins.includes("hands")
    ? `with hands (key, status, started_at_ms, attempt) as materialized
  (select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?))
`
    : "";
  return `${hands}select ${columns} from json_each(?) k cross join runs r on r.key = k.value
${needed.map((name) => runSubject.joins[name]).join("\n")} ${more}
where ${sql} limit ?`;
}

interface Judged {
  readonly keys: readonly Key[];
  readonly rest: SqlCondition;
  readonly limit: number;
}

function askFor(tx: Tx, select: string, { keys, rest, limit }: Judged): readonly Row[] {
  const hands = rest.joins.includes("hands") ? [handsJson(tx)] : [];
  return tx.sql.asked(select).all(...hands, JSON.stringify(keys), ...rest.values, limit);
}

/** The runs in workers' hands: never more than these have slots. */
function handsJson(tx: Tx): string {
  const hands = Array.from(tx.claimed.all(), ([key, { status, startedAtMs, attempt }]) => [
    key,
    status,
    startedAtMs,
    attempt,
  ]);
  return JSON.stringify(hands);
}

/** Ended runs, which are nearly all of a long list, are made from the row; the few others are looked up. */
function readListed(tx: Tx, row: Row): Run | undefined {
  const status = textOrNull(row, 11);
  if (status === null) return readLive(tx, row);
  const run = newRow({
    key: int(row, 0),
    taskKey: int(row, 1),
    revision: int(row, 2),
    laneId: int(row, 3),
    place: int(row, 4),
    dueAtMs: int(row, 5),
    scheduledForMs: intOrNull(row, 6),
    origin: int(row, 7),
    extra: textOrNull(row, 8),
  });
  run.phase = "ended";
  run.status = oneOfWords(runStatuses, status);
  run.claim = int(row, 12);
  run.attempt = int(row, 13);
  run.recoveries = int(row, 14);
  run.interruptions = int(row, 15);
  run.version = int(row, 16);
  run.workerKey = intOrNull(row, 17);
  run.startedAtMs = intOrNull(row, 18);
  run.cancel = textOrNull(row, 19);
  return toRun(tx, run, {
    params: textOrNull(row, 9),
    progress: textOrNull(row, 10),
    finishedAtMs: int(row, 20),
    result: textOrNull(row, 21),
  });
}

function readLive(tx: Tx, row: Row): Run | undefined {
  const run = locate(tx, int(row, 0));
  const [params, progress] = [textOrNull(row, 9), textOrNull(row, 10)];
  return run && toRun(tx, run, { params, progress, finishedAtMs: null, result: null });
}
