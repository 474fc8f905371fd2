// Who is measured, each with the settings under which it does best.

import type { Contender } from "./workload.ts";
import type { SideSettings } from "./sides/side.ts";

export const sqliteLimit: Contender = { name: "SQLite limit", side: "sqlite-limit" };
export const nodeCron: Contender = { name: "node-cron", side: "node-cron" };

export function rota(settings: SideSettings = {}, name = "Rota"): Contender {
  return { name, side: "rota", settings };
}

export function bullmq(settings: SideSettings = {}): Contender {
  return { name: "BullMQ", side: "bullmq", server: "redis", settings };
}

export function graphileWorker(settings: SideSettings = {}): Contender {
  return { name: "graphile-worker", side: "graphile-worker", server: "postgres", settings };
}
