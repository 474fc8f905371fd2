// Run timers on a ledger with a row that cannot be written: it is reported, and holds up no other.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { TelemetryHub } from "../../src/app/telemetry-hub.ts";
import { suspend } from "../../src/domain/outcome.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import type { TelemetryEvent } from "../../src/ports/telemetry.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

const now = Date.UTC(2026, 0, 1);

const waits = defineExecutor({
  type: "waits",
  run: (_params, ctx) => (ctx.resumed === undefined ? suspend({ forMs: 3_600_000 }) : "done"),
});

async function setup() {
  const folder = await mkdtemp(join(tmpdir(), "rota-timer-"));
  const file = join(folder, "rota.db");
  return {
    /** Changes the file behind the ledger's back, as a damaged disk would. */
    damage: (sql: string, ...values: number[]): void => {
      const db = new DatabaseSync(file);
      db.prepare(sql).run(...values);
      db.close();
    },
    open: async (nowMs: number) => {
      const telemetry = new TelemetryHub();
      const refused: TelemetryEvent[] = [];
      telemetry.subscribe(["timer.refused"], (event) => refused.push(event));
      const ledger = await openSqliteLedger({ database: `sqlite:${file}`, host: "main", nowMs, idSeed: 1 });
      return {
        refused,
        ...(await createTestRota({ executors: [waits], now: nowMs, ledger, telemetry })),
      };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

describe("the run timer", () => {
  it("lets a run whose timer cannot be written hold up no other, reports it, and tries it again", async () => {
    await using scene = await setup();
    const runIds: string[] = [];
    let badKey = 0;
    {
      await using test = await scene.open(now);
      const task = await test.rota.tasks.create({ name: "t", type: "waits", overlap: "allow" });
      for (let n = 0; n < 3; n++) runIds.push((await test.rota.trigger(task)).id);
      await test.advance(1000);
      badKey = test.rota.ids.decode("run", runIds[0] ?? "") ?? 0;
    }
    scene.damage("update held set wait = 'damaged' where key = ?", badKey);
    {
      await using test = await scene.open(now + 3_600_000 + 2000);
      await test.advance(5000);
      const statuses = await Promise.all(
        runIds.slice(1).map(async (id) => (await test.rota.runs.get({ id })).status),
      );
      expect(statuses).toEqual(["completed", "completed"]);
      expect(test.refused).toMatchObject([{ kind: "timer.refused", runKey: badKey }]);
      await test.advance(60_000);
      expect(test.refused).toHaveLength(2);
    }
    scene.damage(`update held set wait = '{"state":null}' where key = ?`, badKey);
    await using test = await scene.open(now + 3_600_000 + 90_000);
    await test.advance(1000);
    expect((await test.rota.runs.get({ id: runIds[0] ?? "" })).status).toBe("completed");
    expect(test.refused).toEqual([]);
  });
});
