// The ledger's verbs on webhooks and on what is to be sent to them.

import type { Key } from "../domain/ids.ts";
import type {
  Delivery,
  DeliveryAttempt,
  DeliveryStatus,
  Webhook,
  WebhookDefinition,
  WebhookSecret,
} from "../domain/webhook.ts";
import type { Page, PageRequest } from "./page.ts";

export interface NewWebhook extends WebhookDefinition {
  readonly secrets: readonly WebhookSecret[];
}

export interface WebhookEdit {
  readonly definition?: WebhookDefinition;
  readonly secrets?: readonly WebhookSecret[];
  /** Becoming active it is told of what is committed after this, and counts as never having failed. */
  readonly status?: "active" | "paused";
}

export interface NewDelivery {
  readonly webhookKey: Key;
  readonly type: string;
  readonly payload: string;
  /** Of the event; absent for a test, which is only sent by who made it. */
  readonly position?: number;
}

export interface ActiveWebhooks {
  readonly webhooks: readonly Webhook[];
  /** Grows whenever a webhook is made, changed, disabled or deleted. */
  readonly generation: number;
}

/** A piece of the feed, and the messages it became. */
export interface FeedStep {
  readonly generation: number;
  readonly from: number;
  readonly through: number;
  readonly deliveries: readonly NewDelivery[];
}

/** What became of a try. */
export interface DeliveryRecord {
  readonly deliveryKey: Key;
  readonly attempt: DeliveryAttempt;
  readonly status: DeliveryStatus;
  readonly nextAttemptAtMs?: number;
  /** Disables the webhook for this reason: what is pending for it has failed. */
  readonly disable?: string;
}

/** How much of a webhook's line is wanted. */
export interface LineRequest {
  readonly webhookKey: Key;
  readonly limit: number;
}

export interface DueDeliveries {
  readonly deliveries: readonly Delivery[];
  /** When the next is due that is not due yet. */
  readonly nextAtMs?: number;
}

export interface WebhookLedger {
  create(webhook: NewWebhook, nowMs: number): Promise<Webhook>;
  edit(key: Key, edit: WebhookEdit, nowMs: number): Promise<Webhook | undefined>;
  /** Deletes it with all its deliveries; false when there is none. */
  remove(key: Key): Promise<boolean>;
  get(key: Key): Promise<Webhook | undefined>;
  /** Newest first. */
  list(query: PageRequest & { readonly userId?: string }): Promise<Page<Webhook>>;
  /** All that are active, oldest first. */
  active(): Promise<ActiveWebhooks>;
  /** What the feed holds after this is still to be given to the webhooks; undefined when none is active. */
  position(): Promise<number | undefined>;
  /**
   * Keeps messages and moves the position, in one transaction; false, and nothing is kept, when the position is no longer
   * `from` or the webhooks are no longer those they were made for. So each event becomes one message for each webhook,
   * whoever is killed and whatever is changed meanwhile. The feed is not swept beyond the position.
   */
  enqueue(step: FeedStep, nowMs: number): Promise<boolean>;
  /** Makes a message that is not sent by itself. */
  addTest(delivery: NewDelivery, nowMs: number): Promise<Delivery>;
  /** What is due for each webhook, by time and then in the order of the feed, and when the next is that is not due yet. */
  due(lines: readonly LineRequest[], nowMs: number): Promise<DueDeliveries>;
  /** Notes a try and what follows from it. A delivery that is no longer there is passed over. */
  record(record: DeliveryRecord, nowMs: number): Promise<Delivery | undefined>;
  getDelivery(key: Key): Promise<Delivery | undefined>;
  /** Newest first. */
  deliveries(
    webhookKey: Key,
    query: PageRequest & { readonly status?: DeliveryStatus },
  ): Promise<Page<Delivery>>;
  /** Makes a delivery pending again, due now, with all its tries before it. */
  redeliver(key: Key, nowMs: number): Promise<Delivery | undefined>;
}
