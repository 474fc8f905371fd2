// Messages to webhooks: kept with the place in the feed they come from, handed out when due, noted with each try.

import { KeyGenerator, type Key } from "../../../domain/ids.ts";
import {
  deliveryStatuses,
  type Delivery,
  type DeliveryAttempt,
  type DeliveryStatus,
} from "../../../domain/webhook.ts";
import type { Page, PageRequest } from "../../../ports/page.ts";
import type { DeliveryRecord, FeedStep, LineRequest, NewDelivery } from "../../../ports/webhook-ledger.ts";
import { firstInt, int, intOrNull, oneOf, text, type Row } from "../row.ts";
import type { Tx } from "../state/tx.ts";
import { getWebhook, noteHealth, webhookGeneration, webhookPosition } from "./webhooks.ts";

/** Tries kept with a message. */
const keptAttempts = 20;

export function enqueueDeliveries(tx: Tx, step: FeedStep, nowMs: number): boolean {
  if (webhookPosition(tx) !== step.from || webhookGeneration(tx) !== step.generation) return false;
  const keys = newKeys(tx);
  for (const delivery of step.deliveries)
    insert(tx, { key: keys.take(nowMs), delivery, dueAtMs: nowMs }, nowMs);
  tx.sql.named("store.setMeta").run("webhook_position", step.through);
  return true;
}

export function addTestDelivery(tx: Tx, delivery: NewDelivery, nowMs: number): Delivery {
  const key = newKeys(tx).take(nowMs);
  insert(tx, { key, delivery, dueAtMs: null }, nowMs);
  const kept = getDelivery(tx, key);
  if (kept === undefined) throw new Error(`delivery ${key} was not stored`);
  return kept;
}

export function dueDeliveries(
  tx: Tx,
  lines: readonly LineRequest[],
  nowMs: number,
): { readonly deliveries: readonly Delivery[]; readonly nextAtMs?: number } {
  const deliveries: Delivery[] = [];
  let nextAtMs: number | undefined;
  for (const { webhookKey, limit } of lines) {
    deliveries.push(...tx.sql.named("webhooks.due").all(webhookKey, nowMs, limit).map(toDelivery));
    const row = tx.sql.named("webhooks.nextDue").get(webhookKey, nowMs);
    if (row !== undefined) nextAtMs = Math.min(nextAtMs ?? int(row, 0), int(row, 0));
  }
  return { deliveries, ...(nextAtMs === undefined ? {} : { nextAtMs }) };
}

export function recordDelivery(tx: Tx, record: DeliveryRecord, nowMs: number): Delivery | undefined {
  const { deliveryKey, attempt, status, nextAttemptAtMs = null, disable } = record;
  const before = getDelivery(tx, deliveryKey);
  if (before === undefined) return undefined;
  const webhook = getWebhook(tx, before.webhookKey);
  // Its webhook was disabled while it was on its way: a success counts, another try does not come.
  const isOver = before.status !== "pending" && status === "pending";
  const attempts = [...before.attempts, attempt].slice(-keptAttempts);
  tx.sql
    .named("webhooks.updateDelivery")
    .run(
      isOver ? before.status : status,
      JSON.stringify(attempts),
      before.tries + 1,
      isOver || status !== "pending" ? null : nextAttemptAtMs,
      isOver || status !== "pending" ? nowMs : null,
      deliveryKey,
    );
  if (webhook !== undefined)
    noteHealth(tx, webhook, { isWell: status === "delivered", disable, atMs: nowMs });
  return getDelivery(tx, deliveryKey);
}

export function getDelivery(tx: Tx, key: Key): Delivery | undefined {
  const row = tx.sql.named("webhooks.delivery").get(key);
  return row === undefined ? undefined : toDelivery(row);
}

export function listDeliveries(
  tx: Tx,
  webhookKey: Key,
  query: PageRequest & { readonly status?: DeliveryStatus },
): Page<Delivery> {
  const { limit, after = Number.MAX_SAFE_INTEGER, status } = query;
  const rows =
    status === undefined
      ? tx.sql.named("webhooks.deliveries").all(webhookKey, after, limit + 1)
      : tx.sql.named("webhooks.deliveriesByStatus").all(webhookKey, status, after, limit + 1);
  const items = rows.slice(0, limit).map(toDelivery);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: last.key } : { items };
}

export function redeliver(tx: Tx, key: Key, nowMs: number): Delivery | undefined {
  const before = getDelivery(tx, key);
  if (before === undefined) return undefined;
  tx.sql
    .named("webhooks.updateDelivery")
    .run("pending", JSON.stringify(before.attempts), 0, nowMs, null, key);
  return getDelivery(tx, key);
}

function newKeys(tx: Tx): KeyGenerator {
  return new KeyGenerator(firstInt(tx.sql.named("webhooks.lastDeliveryKey").get()));
}

function insert(
  tx: Tx,
  kept: { readonly key: Key; readonly delivery: NewDelivery; readonly dueAtMs: number | null },
  nowMs: number,
): void {
  const { webhookKey, type, position = null, payload } = kept.delivery;
  tx.sql
    .named("webhooks.insertDelivery")
    .run(kept.key, webhookKey, type, position, payload, kept.dueAtMs, nowMs);
}

function toDelivery(row: Row): Delivery {
  const [position, nextAttemptAtMs, endedAtMs] = [intOrNull(row, 3), intOrNull(row, 8), intOrNull(row, 10)];
  return {
    key: int(row, 0),
    webhookKey: int(row, 1),
    type: text(row, 2),
    ...(position === null ? {} : { position }),
    payload: text(row, 4),
    status: oneOf(deliveryStatuses, text(row, 5)),
    attempts: JSON.parse(text(row, 6)) as readonly DeliveryAttempt[], // written from these only
    tries: int(row, 7),
    ...(nextAttemptAtMs === null ? {} : { nextAttemptAtMs }),
    createdAtMs: int(row, 9),
    ...(endedAtMs === null ? {} : { endedAtMs }),
  };
}
