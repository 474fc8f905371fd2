// BullMQ on Redis with `appendfsync everysec`: it may lose the last second at a power cut, Rota may not.
//
// Settings: concurrency (default 100).

import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { sleep } from "../clock.ts";
import {
  numberOf,
  type Handler,
  type Payload,
  type Place,
  type QueueSide,
  type SchedulerSide,
  type SideSettings,
} from "./side.ts";

const queueName = "bench";

export function openQueue(place: Place, settings: SideSettings): QueueSide {
  return new BullmqQueue(place, settings);
}

export function openScheduler(place: Place, settings: SideSettings): SchedulerSide {
  const connection = connectionOf(place);
  const queue = new Queue(queueName, { connection });
  let worker: Worker | undefined;
  return {
    reset: () => emptied(place),
    open: async (fire) => {
      worker = new Worker(queueName, async (job) => fire(groupOf(job.data)), {
        connection,
        concurrency: numberOf(settings, "concurrency", 100),
      });
      await worker.waitUntilReady();
    },
    schedule: ({ key, cron, group }) =>
      queue.upsertJobScheduler(key, { pattern: cron, tz: "UTC" }, { name: "noop", data: { group } }),
    close: async () => {
      await worker?.close(true);
      await queue.close();
    },
  };
}

class BullmqQueue implements QueueSide {
  readonly #place: Place;
  readonly #concurrency: number;
  readonly #queue: Queue;
  #worker: Worker | undefined;

  constructor(place: Place, settings: SideSettings) {
    this.#place = place;
    this.#concurrency = numberOf(settings, "concurrency", 100);
    this.#queue = new Queue(queueName, { connection: connectionOf(place) });
  }

  reset(): Promise<void> {
    return emptied(this.#place);
  }

  async open(): Promise<void> {
    await this.#queue.waitUntilReady();
  }

  add(payload: Payload): Promise<unknown> {
    return this.#queue.add("noop", payload);
  }

  addMany(payloads: readonly Payload[]): Promise<unknown> {
    return this.#queue.addBulk(payloads.map((data) => ({ name: "noop", data })));
  }

  async work(handler: Handler): Promise<void> {
    // What we added ourselves comes back as it was.
    const perform = (job: { readonly data: unknown }): Promise<void> => handler(job.data as Payload);
    this.#worker = new Worker(queueName, perform, {
      connection: connectionOf(this.#place),
      concurrency: this.#concurrency,
    });
    await this.#worker.waitUntilReady();
  }

  async remaining(): Promise<number> {
    const counts = await this.#queue.getJobCounts("wait", "active", "delayed", "prioritized");
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    await this.#worker?.close(true);
    await this.#queue.close();
  }
}

function connectionOf(place: Place): {
  readonly host: string;
  readonly port: number;
  readonly maxRetriesPerRequest: null;
} {
  return { host: "127.0.0.1", port: place.redisPort, maxRetriesPerRequest: null };
}

/** Empties Redis, and waits until the append-only file is rewritten: no side pays for what another left. */
async function emptied(place: Place): Promise<void> {
  const redis = new Redis({ port: place.redisPort });
  await redis.flushall();
  await redis.bgrewriteaof();
  for (let tries = 0; tries < 250; tries++) {
    const state = await redis.info("persistence");
    if (state.includes("aof_rewrite_in_progress:0") && state.includes("aof_rewrite_scheduled:0")) break;
    await sleep(20);
  }
  redis.disconnect();
}

function groupOf(data: unknown): string {
  return (data as { readonly group: string }).group; // what `schedule` gave
}
