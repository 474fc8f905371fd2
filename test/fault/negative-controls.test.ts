// Each protection taken out in turn: the checker must see it, or it would see nothing in the real build either.

import { describe, expect, it } from "vitest";
import { Arena } from "./arena.ts";
import { Child } from "./child.ts";
import { finishThere } from "./finish.ts";
import type { ScriptOptions } from "./programs/ledger-script.ts";
import { SabotagedBuild, type Patch } from "./sabotage.ts";
import { say } from "./seed.ts";

/** How long a control may take to end what it can; what hangs is then seen as what has not ended. */
const patienceMs = 2500;

interface Control {
  readonly without: string;
  readonly patches: readonly Patch[];
  readonly sees: RegExp;
  readonly dies?: Pick<ScriptOptions, "kill" | "killAfterVerb">;
}

const fire = "ledgers/sqlite/task-verbs/fire.ts";
const store = "ledgers/sqlite/store.ts";

const controls: readonly Control[] = [
  {
    without: "fencing: the claim is not compared when a run is settled",
    patches: [
      {
        file: "ledgers/sqlite/run-verbs/settle.ts",
        find: "if (run === undefined || run.claim !== claim) {",
        replace: "if (run === undefined) {",
      },
    ],
    sees: /^R3 I3: an end of #\d+ under claim 1 was accepted after claim 2 was given/,
  },
  {
    without: "the compare-and-set on the cursor and the unique slot: a doubled timer fires twice",
    patches: [
      { file: fire, find: "task.decidedThroughMs === firing.decidedFromMs", replace: "true" },
      { file: fire, find: "firing.decidedThroughMs >= firing.decidedFromMs", replace: "true" },
      {
        file: "ledgers/sqlite/queries/tasks.sql",
        find: "where task_key = ? and decided_through_ms = ?",
        replace: "where task_key = ? and ? is not null",
      },
      {
        file: "ledgers/sqlite/insert-many.ts",
        find: "`insert into ${this.#table}",
        replace: "`insert or ignore into ${this.#table}",
      },
    ],
    sees: /^I1: runs \d+ and \d+ of task \d+ stand for the same instant/,
  },
  {
    without: "one transaction for cursor and occurrences: the cursor is committed before them",
    patches: [
      {
        file: fire,
        find: "if (moved !== 1) throw",
        replace:
          'tx.sql.named("store.commit").run(); tx.sql.named("store.begin").run();\n    if (moved !== 1) throw',
      },
    ],
    dies: { kill: { point: "fire / after store.commit", hit: 1 } },
    sees: /^R5 I1: .* was decided 0 times/,
  },
  {
    without: "a cancel that is written: it is only a flag",
    patches: [
      {
        file: "ledgers/sqlite/state/stop.ts",
        find: "    endCancelled(tx, run, request);\n    return true;",
        replace: "    return true;",
      },
    ],
    sees: /^I7: #\d+ was given to a worker after its cancel had been acknowledged/,
  },
  {
    without: "the commit before the acknowledgement, and without synchronous writes",
    patches: [
      { file: store, find: "  #nextPosition: number;", replace: "  #nextPosition: number;\n  #owed = 0;" },
      {
        file: store,
        find: 'if (isWrite) this.#tx.sql.named("store.begin").run();',
        replace: 'if (isWrite && !this.#db.isTransaction) this.#tx.sql.named("store.begin").run();',
      },
      {
        file: store,
        find: '    tx.sql.named("store.commit").run();\n    this.#nextPosition',
        replace:
          '    if (++this.#owed % 4 === 0) tx.sql.named("store.commit").run();\n    this.#nextPosition',
      },
      {
        file: "ledgers/sqlite/database.ts",
        find: "pragma synchronous = ${synchronous}",
        replace: "pragma synchronous = off",
      },
    ],
    dies: { killAfterVerb: 6 },
    sees: /^after kill 0: R1 I2 I5: the acknowledged run #\d+ \(trigger\) is not there/,
  },
  {
    without: "recovery of what a dead worker held",
    patches: [
      {
        file: "ledgers/sqlite/worker-verbs/register.ts",
        find: "[...new Set([...lost, ...orphaned])]",
        replace: "[]",
      },
    ],
    dies: { kill: { point: "add before pause / before store.begin", hit: 1 } },
    sees: /^R1 I2: run \d+ has not ended: running in claimed/,
  },
];

/** The story of the kill points on this build, to its death; then everything is given time to end, and judged. */
async function storyOf(source: string, dies: Control["dies"] = {}): Promise<readonly string[]> {
  using arena = new Arena();
  const options = {
    source,
    database: arena.database,
    deeds: arena.deedsPath,
    baseMs: Date.now() - 10_000,
    ...dies,
  };
  await using child = Child.program("ledger-script", options satisfies ScriptOptions);
  expect(await child.exited).toMatchObject({ signal: "SIGKILL", err: "" });
  arena.buried(child.pid);
  arena.look();
  await finishThere(arena, { source, patienceMs });
  return arena.judge();
}

describe("a build without", () => {
  it.each(controls)("$without is found out", async ({ without, patches, dies, sees }) => {
    using build = new SabotagedBuild(patches);
    const violations = await storyOf(build.source, dies);
    say(`without ${without}: ${violations.length} violations, the first: ${violations[0] ?? "none"}`);
    expect(violations).toContainEqual(expect.stringMatching(sees));
  });

  it("any such defect has nothing to be found where the controls look", async () => {
    using copy = new SabotagedBuild([]);
    expect(await storyOf(copy.source)).toEqual([]);
    for (const dies of controls.flatMap((control) => (control.dies === undefined ? [] : [control.dies])))
      expect(await storyOf(new URL("../../src/", import.meta.url).href, dies)).toEqual([]);
  });
});
