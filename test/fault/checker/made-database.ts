// A small ledger made by hand for the checker's own tests: right in every way until a test breaks one thing.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Deed, TaskSpec } from "../deeds.ts";

const migrations = new URL("../../../src/ledgers/sqlite/migrations/", import.meta.url);

/** The hand-made story begins here: on the grid of its schedule. */
export const beginMs = Date.parse("2026-05-01T10:00:00Z");
export const taskKey = 1000;
export const manualTaskKey = 1001;
/** Runs of the schedule, by instant. */
export const scheduledRuns = [2000, 2001, 2002] as const;
/** Failed once and completed under its second claim. */
export const retriedRun = 2003;
/** Cancelled while it ran. */
export const cancelledRun = 2004;

export const scheduleSpec: TaskSpec = {
  name: "grid",
  everyMs: 1000,
  anchorMs: beginMs,
  overlap: "skip",
  limit: 1,
  maxAttempts: 3,
};
const manualSpec: TaskSpec = { name: "manual", overlap: "allow", maxAttempts: 3 };

/** `beginMs` + 3.5 s: three instants started, one was skipped, and then the schedule was paused. */
export class MadeDatabase implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "rota-checker-"));
  readonly file = join(this.folder, "made.db");
  deeds: Deed[] = goodDeeds();
  readonly #db = new DatabaseSync(this.file);

  constructor() {
    for (const name of readdirSync(migrations).toSorted())
      this.#db.exec(readFileSync(new URL(name, migrations), "utf8"));
    this.#db.exec(goodRows());
  }

  /** Breaks something; what the schema itself would refuse is let through. */
  break(sql: string): this {
    this.#db.exec(`pragma ignore_check_constraints = 1; ${sql}`);
    return this;
  }

  [Symbol.dispose](): void {
    this.#db.close();
    rmSync(this.folder, { recursive: true });
  }
}

function goodRows(): string {
  const definition = JSON.stringify({
    retry: { maxAttempts: 3, delayMs: 100, backoff: 2, maxDelayMs: 1000 },
  });
  const task = (key: number, name: string): string => `
    insert into tasks (key, revision, status, name, type, anchor_ms, is_tracked, created_at_ms, updated_at_ms)
      values (${key}, 1, 'active', '${name}', 'work', ${beginMs}, 1, ${beginMs - 10}, ${beginMs});
    insert into revisions values (${key}, 1, '${definition}', ${beginMs});`;
  const run = (key: number, task: number, scheduledForMs: number | null): string =>
    `insert into runs values (${key}, ${task}, 1, 1, ${beginMs}, ${beginMs}, ${String(scheduledForMs)}, ${scheduledForMs === null ? 1 : 0}, null, null);`;
  const ended = (key: number, status: string, claim: number, version: number): string =>
    `insert into ended values (${key}, '${status}', ${claim}, ${claim}, 0, 0, ${version}, 1, ${beginMs + 1}, ${beginMs + 900}, null, null);`;
  const occurrence = (at: number, decision: string, reason: string | null, runKey: number | null): string =>
    `insert into occurrences values (${taskKey}, ${at}, null, 1, ${at}, '${decision}', ${reason === null ? "null" : `'${reason}'`}, ${String(runKey)}, null, null, ${at + 5});`;
  const scheduled = scheduledRuns.map((key, index) => {
    const at = beginMs + index * 1000;
    return run(key, taskKey, at) + ended(key, "completed", 1, 3) + occurrence(at, "started", null, key);
  });
  return `begin;
    ${task(taskKey, "grid")} ${task(manualTaskKey, "manual")}
    insert into schedules values (${taskKey}, ${beginMs + 3000}, ${beginMs + 4000}, null, 3, 0);
    insert into schedules values (${manualTaskKey}, ${beginMs - 1}, null, null, 0, 0);
    ${scheduled.join("")} ${occurrence(beginMs + 3000, "skipped", "overlap", null)}
    ${run(retriedRun, manualTaskKey, null)} ${ended(retriedRun, "completed", 2, 5)}
    insert into history values (${retriedRun}, 3, ${beginMs + 100}, 'run.retrying', '{"attempt":1,"dueAtMs":${beginMs + 200}}');
    insert into history values (${retriedRun}, 4, ${beginMs + 210}, 'run.started', null);
    insert into attempts values (${retriedRun}, 1, 1, 1, ${beginMs}, ${beginMs + 100}, 'failed', null);
    insert into attempts values (${retriedRun}, 2, 2, 1, ${beginMs + 210}, ${beginMs + 900}, 'completed', null);
    ${run(cancelledRun, manualTaskKey, null)} ${ended(cancelledRun, "cancelled", 1, 4)}
    insert into history values (${cancelledRun}, 3, ${beginMs + 500}, 'run.cancel-requested', null);
    insert into totals values ('ended/completed', 4), ('ended/cancelled', 1);
    insert into journal values (1, ${beginMs}, '{"n":2}'), (3, ${beginMs}, '{"n":5}'), (8, ${beginMs}, '{"n":1}');
  commit;`;
}

function goodDeeds(): Deed[] {
  const at = beginMs;
  const create = (spec: TaskSpec, task: string): Deed[] => [
    { e: "call", op: "create", at, spec },
    { e: "ack", op: "create", at, task, name: spec.name },
  ];
  const start = (run: number, task: number, attempt: number): Deed => ({
    e: "start",
    at,
    run: `#${run}`,
    task: `#${task}`,
    attempt,
    pid: 7,
  });
  const end = (run: number, how: Extract<Deed, { e: "end" }>["how"]): Deed => ({
    e: "end",
    at,
    run: `#${run}`,
    pid: 7,
    how,
  });
  const trigger = (run: number): Deed => ({
    e: "ack",
    op: "trigger",
    at,
    run: `#${run}`,
    task: `#${manualTaskKey}`,
  });
  return [
    ...create(scheduleSpec, `#${taskKey}`),
    ...create(manualSpec, `#${manualTaskKey}`),
    ...scheduledRuns.flatMap((run): Deed[] => [
      start(run, taskKey, 1),
      end(run, "ok"),
      { e: "told", run: `#${run}`, status: "completed" },
    ]),
    trigger(retriedRun),
    start(retriedRun, manualTaskKey, 1),
    end(retriedRun, "fail"),
    start(retriedRun, manualTaskKey, 2),
    { e: "step", run: `#${retriedRun}`, name: "one", pid: 7 },
    { e: "kept", run: `#${retriedRun}`, name: "one", pid: 7 },
    end(retriedRun, "ok"),
    trigger(cancelledRun),
    start(cancelledRun, manualTaskKey, 1),
    { e: "ack", op: "cancel-run", at, run: `#${cancelledRun}` },
    end(cancelledRun, "aborted"),
    { e: "ack", op: "pause", at: beginMs + 3500, task: `#${taskKey}` },
  ];
}
