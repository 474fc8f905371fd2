// Every statement compiles, and none scans a table or sorts but where that is meant.
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { auditListQuery } from "./access-verbs/audit.ts";
import { migrate } from "./migrate.ts";
import { every, not, oneOf, type Condition } from "../../domain/filter/expression.ts";
import type { RunQuery } from "../../ports/run-ledger.ts";
import { occurrenceDrive } from "./reading/list-occurrences.ts";
import { planRuns, selectOf } from "./reading/list-runs.ts";
import { sectionsOf, Statements } from "./statements.ts";
import { Tx } from "./state/tx.ts";
import { planTasks, selectTasks } from "./task-verbs/list.ts";

const db = new DatabaseSync(":memory:", { returnArrays: true });
migrate(db, 0);
afterAll(() => db.close());

const files = readdirSync(new URL("./queries/", import.meta.url)).map((file) => file.replace(".sql", ""));
const named = files.flatMap((file) =>
  [...sectionsOf(file)].map(([name, sql]) => ({ name: `${file}.${name}`, sql })),
);

/** Statements that read a whole table, or sort, because the table is small or they run once. */
const meant: Readonly<Record<string, string>> = {
  "runs.batchedAll": "read once at the start and after a rollback; bounded by worker slots",
  "runs.claimedAll": "read once at the start and after a rollback; bounded by worker slots",
  "access.usableKey": "keys are few, and the first that fits is enough",
  "workers.live": "once at the start",
  "workers.all": "bounded by its limit",
  "workers.executors": "executors are few",
  "runs.parkedSuspects": "sorts queues, once per turn of a suspect",
  "runs.parkedLanes": "groups the rows that are about to move",
  "reports.steps": "sorts the steps of one run by when they finished",
  "stats.ofUser": "groups the tasks of one user",
  "store.lastPage": "reads one row from the end",
  "feed.last": "reads one row from the end",
  "feed.oldest": "reads from the beginning, to a bound",
  "webhooks.lastKey": "reads one row from the end",
  "webhooks.lastDeliveryKey": "reads one row from the end",
  "timers.next": "reads one row from the beginning",
};

function planOf(sql: string): readonly string[] {
  const rows = db.prepare(`explain query plan ${sql}`).all() as unknown as readonly (readonly unknown[])[];
  return rows.map((row) => String(row[3]));
}

const isScan = (step: string) =>
  /^SCAN (?!CONSTANT ROW|\(subquery|json_each|\d+ CONSTANT)/u.test(step) && !step.includes("INDEX");
const isSort = (step: string) => step.includes("USE TEMP B-TREE");

describe("named statements", () => {
  for (const { name, sql } of named) {
    if (/^(begin|commit|rollback)/u.test(sql)) continue;
    it(`${name} uses its index`, () => {
      const bad = planOf(sql).filter((step) => isScan(step) || isSort(step));
      // One that is listed as meant must indeed scan or sort, so that the list stays true.
      expect(bad.length > 0, bad.join("; ") || sql).toBe(name in meant);
    });
  }
});

describe("hot statements", () => {
  const wanted: Readonly<Record<string, readonly string[]>> = {
    "claim.head": ["SEARCH y USING PRIMARY KEY (lane_id=?)", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"],
    "claim.deleteHead": ["SEARCH ready USING PRIMARY KEY (lane_id=? AND (place,key)<(?,?))"],
    "queues.nextInTurn": ["SEARCH lanes USING COVERING INDEX lanes_in_turn (queue_id=?)"],
    "timers.due": [
      "SEARCH run_timers USING PRIMARY KEY (at_ms<?)",
      "LIST SUBQUERY 1",
      "SCAN json_each VIRTUAL TABLE INDEX 1:",
      "CREATE BLOOM FILTER",
    ],
    "runs.firstParked": ["SEARCH held USING INDEX held_parked (parked_on=?)"],
  };
  for (const [name, steps] of Object.entries(wanted)) {
    it(`${name} reads in order, without a sort`, () => {
      const statement = named.find((one) => one.name === name);
      expect(planOf(statement?.sql ?? "")).toEqual(steps);
    });
  }

  it("tasks.due walks its index in order of time", () => {
    const plan = planOf(named.find(({ name }) => name === "tasks.due")?.sql ?? "");
    expect(plan[0]).toMatch(
      /^SEARCH s USING (COVERING )?INDEX schedules_due \(next_fire_at_ms>\? AND next_fire_at_ms<\?\)|^SEARCH s USING (COVERING )?INDEX schedules_due/u,
    );
    expect(plan.filter(isSort)).toEqual([]);
  });
});

describe("lists", () => {
  const tx = new Tx(new Statements(db));
  const limit = 50;
  const runLists: Readonly<Record<string, RunQuery>> = {
    all: { limit },
    "of a task": { limit, taskKey: 1 },
    "of two tasks": { limit, where: oneOf("taskId", [1, 2]) },
    "of a user": { limit, userId: "ann" },
    "of a conversation": { limit, conversationId: "c" },
    "by their ids": { limit, where: oneOf("id", [1, 2]) },
    failed: { limit, status: ["failed"] },
    "failed or timed out": { limit, status: ["failed", "timed_out"] },
    "not completed": { limit, where: not(oneOf("status", ["completed"])) },
    "failed, of a type": { limit, status: ["failed"], type: ["report"] },
    running: { limit, status: ["running"] },
    waiting: { limit, status: ["waiting"] },
    completed: { limit, status: ["completed"] },
    "of a time": { limit, createdFromMs: 1, createdUntilMs: 2 },
  };
  for (const [name, query] of Object.entries(runLists)) {
    for (const order of ["newest", "oldest"] as const) {
      it(`runs ${name} come by an index, ${order} first`, () => {
        const plan = planOf(planRuns(tx, { ...query, order }).drive.sql);
        // A queue is read as a whole only while it is short.
        expect(plan.filter((step) => isScan(step) && step !== "SCAN ready")).toEqual([]);
        // Sorted are only pages that are merged from the next of each task or state (their number × page rows, whatever
        // the history), and what is in workers' hands, which is listed from memory.
        const merged = [
          "of two tasks",
          "not completed",
          "of a user",
          "of a conversation",
          "failed or timed out",
          "running",
        ];
        expect(plan.some(isSort)).toBe(merged.includes(name));
      });
    }
  }

  it("runs in several states are merged from as many of each as the page has room for", () => {
    const { sql } = planRuns(tx, { limit, status: ["failed", "timed_out"] }).drive;
    expect(sql.match(/order by key desc limit \?4/gu)).toHaveLength(3);
    const searched = planOf(sql).filter((step) => step.startsWith("SEARCH"));
    const step = "SEARCH ended USING COVERING INDEX ended_by_status (status=? AND key>? AND key<?)";
    expect(searched).toEqual([step, step]);
  });

  it.each([
    ["failed", "SEARCH ended USING COVERING INDEX ended_by_status (status=? AND key>? AND key<?)"],
    ["of a task", "SEARCH runs USING COVERING INDEX runs_by_task (task_key=? AND key>? AND key<?)"],
    ["waiting", "SEARCH held USING COVERING INDEX held_by_status (status=? AND key>? AND key<?)"],
    ["of a time", "SEARCH runs USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"],
  ])("runs %s are found in the index alone", (name, step) => {
    expect(planOf(planRuns(tx, runLists[name] ?? { limit }).drive.sql)).toEqual([step]);
  });

  const conditions: Readonly<Record<string, Condition>> = {
    "in every state": not(oneOf("startedAt", [5])),
    "by what lies in their params": {
      kind: "one-of",
      field: "params",
      path: ["city"],
      values: ["x", 5, true],
    },
    "by everything else": every(
      [
        "type",
        "tag",
        "queue",
        "priority",
        "userId",
        "name",
        "startedAt",
        "finishedAt",
        "duration",
        "attempt",
      ].map((field) => oneOf(field, ["a", "b"])),
    ),
  };
  for (const [name, where] of Object.entries(conditions)) {
    it(`runs are judged ${name} by their keys, in the order given`, () => {
      const { rest } = planRuns(tx, { limit, where });
      const plan = planOf(selectOf(rest, "r.key")).filter((step) => !isOfHands(step));
      expect(plan.filter((step) => step.startsWith("SCAN k") || isScan(step) || isSort(step))).toEqual([
        "SCAN k VIRTUAL TABLE INDEX 1:",
      ]);
      expect(plan[0]).toBe("SCAN k VIRTUAL TABLE INDEX 1:");
    });
  }

  it("the audit comes in order, by whatever it is asked for", () => {
    const from = { limit, fromMs: 1, untilMs: 2 };
    for (const query of [from, { ...from, actor: "a" }, { limit, target: "t" }, { limit, operation: "o" }]) {
      const plan = planOf(auditListQuery(query).sql);
      expect(plan.filter((step) => isScan(step) || isSort(step))).toEqual([]);
    }
  });

  it("tasks come by an index, in order, and are judged by their keys", () => {
    const queries = [
      { limit },
      { limit, userId: "ann" },
      { limit, conversationId: "c" },
      { limit, type: ["a"] },
    ];
    for (const query of queries) {
      const { drive, rest } = planTasks({ ...query, text: "report" });
      const plan = planOf(drive.sql);
      expect(
        [...plan, ...planOf(selectTasks(rest)).slice(1)].filter((step) => isScan(step) || isSort(step)),
      ).toEqual([]);
      const index = { userId: "tasks_by_user", conversationId: "tasks_by_conversation" };
      for (const [field, name] of Object.entries(index))
        expect(plan.some((step) => step.includes(name))).toBe(field in query);
    }
  });

  it("occurrences come by an index: of all tasks by time, of one by its key", () => {
    for (const order of ["newest", "oldest"] as const) {
      const all = planOf(occurrenceDrive({ limit, order }).sql);
      expect(all).toEqual([
        expect.stringMatching(
          /^SEARCH o USING INDEX occurrences_in_time \(\(scheduled_for_ms,task_key\)[<>]/u,
        ),
      ]);
      const ofTask = planOf(occurrenceDrive({ limit, order, taskKey: 1 }).sql);
      expect(ofTask).toEqual([expect.stringMatching(/^SEARCH o USING PRIMARY KEY \(task_key=\?/u)]);
      expect(planOf(occurrenceDrive({ limit, order, userId: "ann" }).sql).filter(isScan)).toEqual([]);
    }
  });

  /** What is in workers' hands is read from memory into a small table of its own, and looked up in it. */
  function isOfHands(step: string): boolean {
    return /hands|SCAN json_each|\bc\b/u.test(step);
  }
});
