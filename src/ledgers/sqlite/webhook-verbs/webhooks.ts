// Webhooks themselves: made, changed, listed, and the place in the feed up to which they have been served.

import { KeyGenerator, type Key } from "../../../domain/ids.ts";
import {
  webhookStatuses,
  type Webhook,
  type WebhookDefinition,
  type WebhookSecret,
} from "../../../domain/webhook.ts";
import type { Page, PageRequest } from "../../../ports/page.ts";
import type { ActiveWebhooks, NewWebhook, WebhookEdit } from "../../../ports/webhook-ledger.ts";
import { feedHead } from "../reading/feed.ts";
import { firstInt, int, intOrNull, oneOf, text, textOrNull, type Row } from "../row.ts";
import type { Tx } from "../state/tx.ts";

export function createWebhook(tx: Tx, { secrets, ...definition }: NewWebhook, nowMs: number): Webhook {
  const key = new KeyGenerator(firstInt(tx.sql.named("webhooks.lastKey").get())).take(nowMs);
  const userId = definition.filter.userId ?? null;
  beginGeneration(tx);
  tx.sql
    .named("webhooks.insert")
    .run(key, userId, JSON.stringify(definition), JSON.stringify(secrets), feedHead(tx), nowMs);
  return found(tx, key);
}

export function editWebhook(tx: Tx, key: Key, edit: WebhookEdit, nowMs: number): Webhook | undefined {
  const before = getWebhook(tx, key);
  if (before === undefined) return undefined;
  const definition = edit.definition ?? definitionOf(before);
  const status = edit.status ?? before.status;
  beginGeneration(tx);
  const isWoken = status === "active" && before.status !== "active";
  tx.sql
    .named("webhooks.update")
    .run(
      definition.filter.userId ?? null,
      JSON.stringify(definition),
      JSON.stringify(edit.secrets ?? before.secrets),
      status,
      status === "disabled" ? (before.disabledReason ?? "") : null,
      isWoken ? null : (before.failingSinceMs ?? null),
      isWoken ? feedHead(tx) : before.fromPosition,
      nowMs,
      key,
    );
  return found(tx, key);
}

/** Notes that a try went well or badly; disabling tells of it in the feed. */
export function noteHealth(
  tx: Tx,
  webhook: Webhook,
  health: { readonly isWell: boolean; readonly disable?: string | undefined; readonly atMs: number },
): void {
  const { disable, isWell, atMs } = health;
  const failingSinceMs = isWell ? null : (webhook.failingSinceMs ?? atMs);
  const isDisabled = disable !== undefined && webhook.status === "active";
  if (!isDisabled && failingSinceMs === (webhook.failingSinceMs ?? null)) return;
  tx.sql
    .named("webhooks.update")
    .run(
      webhook.filter.userId ?? null,
      JSON.stringify(definitionOf(webhook)),
      JSON.stringify(webhook.secrets),
      isDisabled ? "disabled" : webhook.status,
      isDisabled ? disable : (webhook.disabledReason ?? null),
      failingSinceMs,
      webhook.fromPosition,
      isDisabled ? atMs : webhook.updatedAtMs,
      webhook.key,
    );
  if (!isDisabled) return;
  beginGeneration(tx);
  tx.sql.named("webhooks.failPending").run(atMs, webhook.key);
  tx.webhookEvent("webhook.disabled", {
    atMs,
    data: { webhookId: tx.ids.encode("hook", webhook.key), reason: disable },
  });
}

export function removeWebhook(tx: Tx, key: Key): boolean {
  beginGeneration(tx);
  tx.sql.named("webhooks.deleteDeliveries").run(key);
  return tx.sql.named("webhooks.delete").run(key) > 0;
}

export function getWebhook(tx: Tx, key: Key): Webhook | undefined {
  const row = tx.sql.named("webhooks.get").get(key);
  return row === undefined ? undefined : toWebhook(row);
}

export function listWebhooks(tx: Tx, query: PageRequest & { readonly userId?: string }): Page<Webhook> {
  const { limit, after = Number.MAX_SAFE_INTEGER, userId } = query;
  const rows =
    userId === undefined
      ? tx.sql.named("webhooks.list").all(after, limit + 1)
      : tx.sql.named("webhooks.listOfUser").all(userId, after, limit + 1);
  const items = rows.slice(0, limit).map(toWebhook);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: last.key } : { items };
}

export function activeWebhooks(tx: Tx): ActiveWebhooks {
  return {
    webhooks: tx.sql.named("webhooks.active").all().map(toWebhook),
    generation: webhookGeneration(tx),
  };
}

export function webhookGeneration(tx: Tx): number {
  return firstInt(tx.sql.named("store.getMeta").get("webhook_generation"));
}

/** Messages made for the webhooks as they were are refused from now on. */
function beginGeneration(tx: Tx): void {
  tx.sql.named("store.setMeta").run("webhook_generation", webhookGeneration(tx) + 1);
}

/** Where the feed has to be read on for the webhooks: past what was served, and past what none of them wants. */
export function webhookPosition(tx: Tx): number | undefined {
  const row = tx.sql.named("webhooks.firstPosition").get();
  const first = row === undefined ? null : intOrNull(row, 0);
  if (first === null) return undefined;
  return Math.max(first, firstInt(tx.sql.named("store.getMeta").get("webhook_position")));
}

function found(tx: Tx, key: Key): Webhook {
  const webhook = getWebhook(tx, key);
  if (webhook === undefined) throw new Error(`webhook ${key} was not stored`);
  return webhook;
}

function definitionOf({ url, description, filter, concurrency }: Webhook): WebhookDefinition {
  return { url, filter, concurrency, ...(description === undefined ? {} : { description }) };
}

function toWebhook(row: Row): Webhook {
  const [disabledReason, failingSinceMs] = [textOrNull(row, 4), intOrNull(row, 5)];
  return {
    key: int(row, 0),
    ...(JSON.parse(text(row, 1)) as WebhookDefinition), // written from one only
    secrets: JSON.parse(text(row, 2)) as readonly WebhookSecret[], // likewise
    status: oneOf(webhookStatuses, text(row, 3)),
    ...(disabledReason === null ? {} : { disabledReason }),
    ...(failingSinceMs === null ? {} : { failingSinceMs }),
    fromPosition: int(row, 6),
    createdAtMs: int(row, 7),
    updatedAtMs: int(row, 8),
  };
}
