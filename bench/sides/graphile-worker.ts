// graphile-worker on PostgreSQL, tuned: local queue and batched completion, without which it drains a tenth.
//
// Settings: concurrency (default 500), localQueue (default 2000). It deletes what is done and keeps no history.

import { Logger, makeWorkerUtils, run, type WorkerUtils } from "graphile-worker";
import pg from "pg";
import {
  numberOf,
  type Handler,
  type Payload,
  type Place,
  type QueueSide,
  type SideSettings,
} from "./side.ts";

const database = "bench_graphile";
const quiet = new Logger(() => () => undefined);

export function openQueue(place: Place, settings: SideSettings): QueueSide {
  const pool = new pg.Pool({ connectionString: urlOf(place, database), max: 10 });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined)); // it asks for both
  let utils: WorkerUtils | undefined;
  let runner: { stop(): Promise<void> } | undefined;
  return {
    reset: () => freshDatabase(place),
    open: async () => {
      utils = await makeWorkerUtils({ pgPool: pool, logger: quiet });
      await utils.migrate();
    },
    add: (payload) => Promise.resolve(utils?.addJob("noop", payload)),
    addMany: (payloads) =>
      Promise.resolve(utils?.addJobs(payloads.map((item) => ({ identifier: "noop", payload: item })))),
    work: async (handler: Handler) => {
      runner = await run({
        pgPool: pool,
        concurrency: numberOf(settings, "concurrency", 500),
        logger: quiet,
        noHandleSignals: true,
        preset: {
          worker: {
            localQueue: { size: numberOf(settings, "localQueue", 2000) },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
        // What we added ourselves comes back as it was.
        taskList: { noop: (item: unknown) => handler(item as Payload) },
      });
    },
    remaining: async () => {
      const { rows } = await pool.query<{ count: number }>(
        "select count(*)::int as count from graphile_worker._private_jobs",
      );
      return rows[0]?.count ?? Number.NaN;
    },
    close: async () => {
      await runner?.stop();
      await utils?.release();
      await pool.end();
    },
  };
}

/** An empty database after a checkpoint: no side pays for what another left. */
async function freshDatabase(place: Place): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(place, "postgres") });
  await client.connect();
  await client.query(`drop database if exists ${database} with (force)`);
  await client.query(`create database ${database}`);
  await client.query("checkpoint");
  await client.end();
}

function urlOf(place: Place, name: string): string {
  return `postgres://bench@127.0.0.1:${place.postgresPort}/${name}`;
}
