// The ledger's verbs on webhooks, asked over the channel.

import type { Key } from "../../domain/ids.ts";
import type { Delivery, DeliveryStatus, Webhook } from "../../domain/webhook.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type {
  ActiveWebhooks,
  DeliveryRecord,
  DueDeliveries,
  FeedStep,
  LineRequest,
  NewDelivery,
  NewWebhook,
  WebhookEdit,
  WebhookLedger,
} from "../../ports/webhook-ledger.ts";
import type { Asking } from "./channel.ts";

export class WebhookClient implements WebhookLedger {
  readonly #channel: Asking;

  constructor(channel: Asking) {
    this.#channel = channel;
  }

  create(webhook: NewWebhook, nowMs: number): Promise<Webhook> {
    return this.#channel.call("createWebhook", [webhook, nowMs]);
  }

  edit(key: Key, edit: WebhookEdit, nowMs: number): Promise<Webhook | undefined> {
    return this.#channel.call("editWebhook", [key, edit, nowMs]);
  }

  remove(key: Key): Promise<boolean> {
    return this.#channel.call("removeWebhook", [key]);
  }

  get(key: Key): Promise<Webhook | undefined> {
    return this.#channel.call("getWebhook", [key]);
  }

  list(query: PageRequest & { readonly userId?: string }): Promise<Page<Webhook>> {
    return this.#channel.call("listWebhooks", [query]);
  }

  active(): Promise<ActiveWebhooks> {
    return this.#channel.call("activeWebhooks", []);
  }

  position(): Promise<number | undefined> {
    return this.#channel.call("webhookPosition", []);
  }

  enqueue(step: FeedStep, nowMs: number): Promise<boolean> {
    return this.#channel.call("enqueueDeliveries", [step, nowMs], step.deliveries.length + 1);
  }

  addTest(delivery: NewDelivery, nowMs: number): Promise<Delivery> {
    return this.#channel.call("addTestDelivery", [delivery, nowMs]);
  }

  due(lines: readonly LineRequest[], nowMs: number): Promise<DueDeliveries> {
    return this.#channel.call("dueDeliveries", [lines, nowMs]);
  }

  record(record: DeliveryRecord, nowMs: number): Promise<Delivery | undefined> {
    return this.#channel.call("recordDelivery", [record, nowMs]);
  }

  getDelivery(key: Key): Promise<Delivery | undefined> {
    return this.#channel.call("getDelivery", [key]);
  }

  deliveries(
    webhookKey: Key,
    query: PageRequest & { readonly status?: DeliveryStatus },
  ): Promise<Page<Delivery>> {
    return this.#channel.call("listDeliveries", [webhookKey, query]);
  }

  redeliver(key: Key, nowMs: number): Promise<Delivery | undefined> {
    return this.#channel.call("redeliver", [key, nowMs]);
  }
}
