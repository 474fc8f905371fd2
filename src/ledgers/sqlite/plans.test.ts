// Every statement compiles, and none scans a table or sorts but where that is meant.
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { auditListQuery } from "./access-verbs/audit.ts";
import { migrate } from "./migrate.ts";
import { chooseDrive } from "./reading/list-runs.ts";
import { sectionsOf, Statements } from "./statements.ts";
import { Tx } from "./state/tx.ts";
import { taskListQuery } from "./task-verbs/list.ts";

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
  "runs.parkedLanes": "groups the rows that are about to move",
  "reports.steps": "sorts the steps of one run by when they finished",
  "stats.ofUser": "groups the tasks of one user",
  "store.lastPage": "reads one row from the end",
  "feed.last": "reads one row from the end",
  "feed.oldest": "reads from the beginning, to a bound",
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
  const runLists = {
    all: { limit },
    "of a task": { limit, taskKey: 1 },
    "of a user": { limit, userId: "ann" },
    "of a conversation": { limit, conversationId: "c" },
    failed: { limit, status: ["failed"] },
    running: { limit, status: ["running"] },
    waiting: { limit, status: ["waiting"] },
    completed: { limit, status: ["completed"] },
  } as const;
  for (const [name, query] of Object.entries(runLists)) {
    it(`runs ${name} come by an index`, () => {
      const plan = planOf(chooseDrive(tx, query).sql);
      expect(plan.filter(isScan)).toEqual([]);
      // Sorted are only an owner's page, merged from the newest of each task (tasks × page rows, whatever the history),
      // and what is in workers' hands, which is listed from memory.
      expect(plan.some(isSort)).toBe("userId" in query || "conversationId" in query || name === "running");
    });
  }

  it("the audit comes in order, by whatever it is asked for", () => {
    const from = { limit, fromMs: 1, untilMs: 2 };
    for (const query of [from, { ...from, actor: "a" }, { limit, target: "t" }, { limit, operation: "o" }]) {
      const plan = planOf(auditListQuery(query).sql);
      expect(plan.filter((step) => isScan(step) || isSort(step))).toEqual([]);
    }
  });

  it("tasks of a user or a conversation come by their index, in order", () => {
    for (const query of [
      { limit, userId: "ann" },
      { limit, conversationId: "c" },
    ]) {
      const plan = planOf(taskListQuery(query).sql);
      expect(plan.some((step) => /tasks_by_(user|conversation)/u.test(step))).toBe(true);
      expect(plan.filter(isSort)).toEqual([]);
    }
  });
});
