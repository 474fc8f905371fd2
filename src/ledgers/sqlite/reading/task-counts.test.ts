// Counting tasks costs the same whatever there is to count.
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { migrate } from "../migrate.ts";
import { Statements, type Statement } from "../statements.ts";
import { Tx } from "../state/tx.ts";
import { createTasks } from "../task-verbs/create.ts";
import { taskCounts } from "./task-counts.ts";

class CountedStatements extends Statements {
  asked: string[] = [];

  override named(name: string): Statement {
    this.asked.push(name);
    return super.named(name);
  }
}

describe("the counts of tasks", () => {
  it("are two statements that read a row each, for no task as for a thousand (S1.77)", () => {
    using db = new DatabaseSync(":memory:", { returnArrays: true });
    migrate(db, 0);
    const sql = new CountedStatements(db);
    const tx = new Tx(sql);
    const definition = JSON.stringify({
      name: "t",
      type: "note",
      trigger: { kind: "interval", every: "1h" },
      dependsOn: [],
      overlap: { policy: "skip", max: 1 },
    });
    const told = (): readonly string[] => {
      tx.totals.write();
      sql.asked = [];
      taskCounts(tx);
      return sql.asked;
    };
    expect(told()).toEqual(["totals.readAll"]);
    for (let key = 1; key <= 1000; key++) {
      const task = {
        key,
        definition,
        pausedBy: undefined,
        isPaused: false,
        anchorMs: 0,
        decidedThroughMs: 0,
      };
      createTasks(tx, [{ ...task, nextFireAtMs: 5000 + key }], 0);
    }
    expect(told()).toEqual(["totals.readAll", "stats.nextFire"]);
    expect(taskCounts(tx)).toMatchObject({ byStatus: { active: 1000 }, upcoming: 1000, nextFireAtMs: 5001 });
    const totals = db.prepare("select count(*) from totals where name like 'tasks/%'").get();
    expect(totals).toEqual([2]);
  });
});
