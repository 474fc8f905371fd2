// The checker against broken ledgers: each kind of violation is seen, and a good ledger has none.

import { describe, expect, it } from "vitest";
import { Snapshots, violationsOf } from "../checker.ts";
import type { Deed } from "../deeds.ts";
import { cronGrid, intervalGrid } from "./grid.ts";
import { keyOf } from "./ids.ts";
import {
  beginMs,
  cancelledRun,
  MadeDatabase,
  manualTaskKey,
  retriedRun,
  scheduledRuns,
  taskKey,
} from "./made-database.ts";
import { readTables } from "./rows.ts";

const [first, second] = scheduledRuns;

function check(made: MadeDatabase, decidedUntilMs?: number): readonly string[] {
  const until = decidedUntilMs === undefined ? {} : { decidedUntilMs };
  return violationsOf({ database: made.file, deeds: made.deeds, isQuiet: true, ...until });
}

interface Broken {
  readonly what: string;
  readonly sees: RegExp;
  readonly sql?: string;
  readonly deeds?: readonly Deed[];
}

const start = (run: number, task: number, pid = 7): Deed => ({
  e: "start",
  at: beginMs,
  run: `#${run}`,
  task: `#${task}`,
  attempt: 3,
  pid,
});
const insertRun = (key: number, task: number, scheduledForMs: number): string =>
  `insert into runs values (${key}, ${task}, 1, 1, 0, 0, ${scheduledForMs}, 0, null, null);
   insert into ended values (${key}, 'completed', 1, 1, 0, 0, 3, 1, 1, 2, null, null);
   update totals set count = 5 where name = 'ended/completed'`;

const broken: readonly Broken[] = [
  {
    what: "an acknowledged task that is lost",
    deeds: [{ e: "ack", op: "create", at: beginMs, task: "#77", name: "x" }],
    sees: /^R1 I5: the acknowledged task #77/,
  },
  {
    what: "an acknowledged run that is lost",
    deeds: [{ e: "ack", op: "trigger", at: beginMs, task: `#${manualTaskKey}`, run: "#78" }],
    sees: /^R1 I2 I5: the acknowledged run #78/,
  },
  {
    what: "a task nobody asked for",
    sql: `update tasks set name = 'other' where key = ${manualTaskKey}`,
    sees: /nobody asked for it/,
  },
  {
    what: "a run that has not ended",
    sql: `delete from ended where key = ${first};
      insert into claimed values (${first}, 1, ${taskKey}, 1, 'running', 1, 1, 0, 0, 2, 0, 1, 1, null, null, null)`,
    sees: /^R1 I2: run 2000 has not ended: running in claimed/,
  },
  {
    what: "a run in two state tables",
    sql: `insert into ready values (1, 1, ${first}, 0, 0, 0, 0, 1, 0, null)`,
    sees: /^R7 I2: run 2000 lies in 2 state tables/,
  },
  {
    what: "a run in no state table",
    sql: `delete from ended where key = ${first}`,
    sees: /lies in 0 state tables \(none\)/,
  },
  {
    what: "a state without a run",
    sql: `insert into ready values (1, 1, 9, 0, 0, 0, 0, 1, 0, null)`,
    sees: /run 9 has a state and was never born/,
  },
  {
    what: "an instant decided never",
    sql: `delete from occurrences where scheduled_for_ms = ${beginMs + 3000}`,
    sees: /^R5 I1: .*10:00:03.* was decided 0 times/,
  },
  {
    what: "an instant decided twice",
    sql: `update occurrences set until_ms = ${beginMs + 1000} where scheduled_for_ms = ${beginMs}`,
    sees: /^R5 I1: .*10:00:01.* was decided 2 times/,
  },
  {
    what: "an instant beside the grid",
    sql: `update occurrences set scheduled_for_ms = ${beginMs + 3001} where decision = 'skipped'`,
    sees: /^R5: task 1000 decided .* not on its grid/,
  },
  {
    what: "a second run of one instant",
    sql: insertRun(2100, taskKey, beginMs),
    sees: /^I1: runs 2000 and 2100 of task 1000 stand for the same instant/,
  },
  {
    what: "a scheduled run without an occurrence",
    sql: insertRun(2100, taskKey, beginMs + 3000),
    sees: /^I1: run 2100 was started by a schedule and no occurrence names it/,
  },
  {
    what: "an occurrence whose run is lost",
    sql: `update occurrences set run_key = 99 where run_key = ${first}`,
    sees: /its run 99 is not there/,
  },
  {
    what: "one run for two instants",
    sql: `update occurrences set run_key = ${first} where run_key = ${second}`,
    sees: /names run 2000, which stands for another instant/,
  },
  {
    what: "a skip without a reason",
    sql: `update occurrences set reason = null where decision = 'skipped'`,
    sees: /skipped without a reason/,
  },
  {
    what: "an early decision",
    sql: `update occurrences set decided_at_ms = due_at_ms - 60`,
    sees: /^R6: .* 60 ms early/,
  },
  {
    what: "starts that are miscounted",
    sql: `update schedules set started_count = 4 where task_key = ${taskKey}`,
    sees: /counts 4 starts and has 3/,
  },
  {
    what: "a start after the end was told",
    deeds: [start(first, taskKey)],
    sees: /^R2: #2000 was started again after its end \(completed\)/,
  },
  {
    what: "an end that changed after it was told",
    sql: `update ended set status = 'failed' where key = ${first};
      update totals set count = 3 where name = 'ended/completed'; insert into totals values ('ended/failed', 1)`,
    sees: /^I3 R7: #2000 was told to be completed and is failed/,
  },
  {
    what: "a completion without the work",
    deeds: [{ e: "told", run: `#${cancelledRun}`, status: "completed" }],
    sees: /^R4: #2004 completed and its code never came to its end/,
  },
  {
    what: "a start after an acknowledged cancel",
    deeds: [start(cancelledRun, manualTaskKey)],
    sees: /^I7: #2004 was started after its cancel/,
  },
  {
    what: "a claim after an acknowledged cancel",
    deeds: [{ e: "claimed", run: `#${cancelledRun}`, claim: 2 }],
    sees: /^I7: #2004 was given to a worker after its cancel/,
  },
  {
    what: "a start of a paused task",
    deeds: [start(first, taskKey)],
    sees: /^I7 R8: #2000 of #1000 was started after its pause/,
  },
  {
    what: "a decision of a paused task",
    sql: `update occurrences set decided_at_ms = ${beginMs + 3600} where decision = 'skipped'`,
    sees: /^R8 I7: task 1000 decided .* while it was stopped/,
  },
  {
    what: "a run at work twice",
    deeds: [start(retriedRun, manualTaskKey, 7), start(retriedRun, manualTaskKey, 8)],
    sees: /^R3: #2003 is at work twice: attempt 3 in 7, attempt 3 in 8/,
  },
  {
    what: "a broken limit",
    deeds: [start(first, taskKey), start(second, taskKey)],
    sees: /^R9 I8: 2 runs of #1000 at work under a limit of 1/,
  },
  {
    what: "a broken overlap",
    deeds: [start(first, taskKey), start(second, taskKey)],
    sees: /^R9: #2001 of #1000 \(skip\) began while others were at work/,
  },
  {
    what: "attempts that go back",
    deeds: [
      { e: "start", at: beginMs, run: `#${retriedRun}`, task: `#${manualTaskKey}`, attempt: 1, pid: 7 },
    ],
    sees: /^R3: the attempts of #2003 went back to 1/,
  },
  {
    what: "a final failure that is tried again",
    deeds: [
      { e: "end", at: beginMs, run: `#${retriedRun}`, pid: 7, how: "fatal" },
      start(retriedRun, manualTaskKey),
    ],
    sees: /^R11: #2003 was tried again although its failure was final/,
  },
  {
    what: "a kept step that is performed again",
    deeds: [{ e: "step", run: `#${retriedRun}`, name: "one", pid: 7 }],
    sees: /^SEM 8: step one of #2003 was performed again/,
  },
  {
    what: "a start of a run that is not there",
    deeds: [start(99, manualTaskKey)],
    sees: /^I5: #99 was started and is not there/,
  },
  {
    what: "a settlement under an old claim",
    deeds: [
      { e: "claimed", run: `#${retriedRun}`, claim: 1 },
      { e: "claimed", run: `#${retriedRun}`, claim: 2 },
      { e: "settled", run: `#${retriedRun}`, claim: 1 },
    ],
    sees: /^R3 I3: an end of #2003 under claim 1 was accepted after claim 2/,
  },
  {
    what: "a claim given twice",
    deeds: [
      { e: "claimed", run: `#${retriedRun}`, claim: 2 },
      { e: "claimed", run: `#${retriedRun}`, claim: 2 },
    ],
    sees: /^R3: #2003 was given claim 2 after claim 2/,
  },
  {
    what: "claims with a gap",
    sql: `update attempts set claim = 3 where run_key = ${retriedRun} and claim = 2`,
    sees: /^R3: the claims of run 2003 were 1, 3/,
  },
  {
    what: "a claim without a note",
    sql: `update ended set claim = 4, attempt = 3 where key = ${retriedRun}`,
    sees: /^R3: run 2003 is at claim 4 in ended with 2 claims noted/,
  },
  {
    what: "more attempts than allowed",
    sql: `update ended set attempt = 4 where key = ${retriedRun}`,
    sees: /^R11: run 2003 used 4 of 3 attempts/,
  },
  {
    what: "a history with a gap",
    sql: `delete from history where run_key = ${retriedRun} and seq = 4`,
    sees: /^R7: the events of run 2003 .* have gaps/,
  },
  {
    what: "a version beyond the history",
    sql: `update ended set version = 4 where key = ${first}`,
    sees: /^R7: the events of run 2000 .* have gaps/,
  },
  {
    what: "an illegal step",
    sql: `update history set type = 'run.due' where run_key = ${retriedRun} and seq = 3`,
    sees: /^R7: run 2003 has run\.due \(3\) while running/,
  },
  {
    what: "a cancel without a request",
    sql: `update history set type = 'run.retrying', data = '{"attempt":1,"dueAtMs":${beginMs + 501}}' where run_key = ${cancelledRun}`,
    sees: /^R7: run 2004 has cancelled \(4\) while retrying/,
  },
  {
    what: "a delay out of bounds",
    sql: `update history set data = '{"attempt":1,"dueAtMs":${beginMs + 350}}' where seq = 3 and run_key = ${retriedRun}`,
    sees: /^R11: run 2003 waits 250 ms after attempt 1, at most 100/,
  },
  {
    what: "a retry before its time",
    sql: `update history set at_ms = ${beginMs + 190} where run_key = ${retriedRun} and seq = 4`,
    sees: /^R11: run 2003 was tried again 10 ms too early/,
  },
  {
    what: "a leaked slot",
    sql: `insert into live values (${taskKey}, 0, ${first})`,
    sees: /^I8: task 1000 still counts run 2000 as live/,
  },
  {
    what: "a count that is wrong",
    sql: `update totals set count = 9 where name = 'ended/completed'`,
    sees: /^R16: 9 runs are counted as ended\/completed, 4 are there/,
  },
  {
    what: "a gap in the feed",
    sql: `delete from journal where position = 3`,
    sees: /^R12: the feed goes from 1 \(2 events\) to 8/,
  },
  {
    what: "a lost definition",
    sql: `delete from revisions where task_key = ${manualTaskKey}`,
    sees: /^R1: run 2003 pins revision 1 of task 1001/,
  },
];

describe("the checker", () => {
  it("finds nothing in a ledger that is right", () => {
    using made = new MadeDatabase();
    expect(check(made, beginMs + 3999)).toEqual([]);
  });

  it.each(broken)("sees $what", ({ sql, deeds = [], sees }) => {
    using made = new MadeDatabase();
    if (sql !== undefined) made.break(sql);
    made.deeds.push(...deeds);
    expect(check(made)).toContainEqual(expect.stringMatching(sees));
  });

  it("sees a schedule that stands still", () => {
    using made = new MadeDatabase();
    expect(check(made, beginMs + 4000)).toEqual([
      expect.stringMatching(/^R5: task 1000 \(grid\) has not decided .*10:00:04/),
    ]);
  });

  it("allows what a death explains: the run was at work when its process was gone", () => {
    using made = new MadeDatabase();
    made.deeds.push(
      start(retriedRun, manualTaskKey, 7),
      { e: "gone", pid: 7 },
      start(retriedRun, manualTaskKey, 8),
    );
    expect(check(made)).toEqual([]);
  });

  it("holds a task for stopped only where no resume may have come after its pause", () => {
    using made = new MadeDatabase();
    const calls = (e: "call" | "ack" | "refused", op: "pause" | "resume"): Deed => ({
      e,
      op,
      at: beginMs + 3600,
      task: `#${manualTaskKey}`,
    });
    const began = start(retriedRun, manualTaskKey);
    const end: Deed = { e: "end", at: beginMs, run: `#${retriedRun}`, pid: 7, how: "fail" };
    made.deeds.push(calls("call", "resume"), calls("ack", "pause"), began, end);
    expect(check(made)).toEqual([]);
    made.deeds.push(calls("refused", "resume"), calls("ack", "pause"), began, end);
    expect(check(made)).toEqual([expect.stringMatching(/^I7 R8: #2003/)]);
  });

  it("sees ended rows, claims and cursors that change between two readings", () => {
    using made = new MadeDatabase();
    const snapshots = new Snapshots();
    expect(snapshots.take(readTables(made.file))).toMatchObject({
      violations: [],
      newlyEnded: { length: 5 },
    });
    expect(snapshots.take(readTables(made.file))).toEqual({ violations: [], newlyEnded: [] });
    made.break(`update ended set result = '1' where key = ${first}; delete from ended where key = ${second};
      delete from runs where key = ${second}; update ended set claim = 1 where key = ${retriedRun};
      update schedules set decided_through_ms = 0 where task_key = ${taskKey}`);
    const { violations } = snapshots.take(readTables(made.file));
    expect(violations).toContainEqual(expect.stringMatching(/^I3 R7: the ended run 2000 was/));
    expect(violations).toContainEqual(expect.stringMatching(/^I2: the ended run 2001 is no longer there/));
    expect(violations).toContainEqual(
      expect.stringMatching(/^R3: the claim of run 2003 went from 2 back to 1/),
    );
    expect(violations).toContainEqual(expect.stringMatching(/^SEM 13: the cursor of task 1000 went back/));
  });
});

describe("the checker's own arithmetic", () => {
  it("knows the instants of an interval, ends included", () => {
    expect(intervalGrid(1000, 250)(1250, 3250)).toEqual([1250, 2250, 3250]);
    expect(intervalGrid(1000, 250)(1251, 3249)).toEqual([2250]);
  });

  it("knows the instants of a cron", () => {
    const from = Date.parse("2026-05-01T10:00:00Z"); // a Friday
    const text = (expression: string, minutes: number): string[] =>
      cronGrid(expression)(from, from + minutes * 60_000).map((ms) =>
        new Date(ms).toISOString().slice(11, 19),
      );
    expect(text("*/20 * * * * *", 0.5)).toEqual(["10:00:00", "10:00:20"]);
    expect(text("30,59 0-1 10 1 5 5", 5)).toEqual(["10:00:30", "10:00:59", "10:01:30", "10:01:59"]);
    expect(text("*/2 10 * * 4", 5)).toEqual([]);
    expect(text("*/2 10 * * 5", 5)).toEqual(["10:00:00", "10:02:00", "10:04:00"]);
  });

  it("reads ids as the product writes them", async () => {
    const { IdCodec } = await import("../../../src/domain/ids.ts");
    const key = Date.parse("2026-11-21T12:00:00Z") * 4096 + 4095;
    expect(keyOf(new IdCodec(12345).encode("run", key))).toBe(key);
    expect(keyOf(new IdCodec(7).encode("task", key - 4094))).toBe(key - 4094);
  });
});
