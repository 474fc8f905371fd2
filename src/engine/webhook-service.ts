// What people do with webhooks: make, change, try and delete them, and send messages again.

import { notFound } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import { testMessageType, type Delivery, type Webhook, type WebhookDefinition } from "../domain/webhook.ts";
import type { WebhookEdit } from "../ports/webhook-ledger.ts";
import type { EngineParts } from "./parts.ts";
import type { WebhookSender } from "./webhook-sender.ts";

export class WebhookService {
  readonly #parts: EngineParts;
  readonly #sender: WebhookSender;

  constructor(parts: EngineParts, sender: WebhookSender) {
    this.#parts = parts;
    this.#sender = sender;
  }

  async create(definition: WebhookDefinition): Promise<Webhook> {
    const { ledger, clock, webhooks } = this.#parts;
    const secret = await webhooks.signer.newSecret();
    const webhook = await ledger.webhooks.create({ ...definition, secrets: [{ secret }] }, clock.now());
    this.#sender.wake();
    return webhook;
  }

  /** @throws NOT_FOUND */
  async edit(key: Key, edit: WebhookEdit): Promise<Webhook> {
    const { ledger, clock } = this.#parts;
    const webhook = await ledger.webhooks.edit(key, edit, clock.now());
    if (webhook === undefined) throw this.#unknown(key);
    this.#sender.wake(key);
    return webhook;
  }

  /** Makes a new secret; the present one signs beside it for `keepOldMs` milliseconds more. @throws NOT_FOUND */
  async rotateSecret(key: Key, keepOldMs: number): Promise<Webhook> {
    const { ledger, clock, webhooks } = this.#parts;
    const before = await ledger.webhooks.get(key);
    if (before === undefined) throw this.#unknown(key);
    const secret = await webhooks.signer.newSecret();
    const untilMs = clock.now() + keepOldMs;
    const old = before.secrets
      .filter((each) => each.untilMs === undefined)
      .map((each) => ({ ...each, untilMs }));
    return this.edit(key, { secrets: [{ secret }, ...(keepOldMs > 0 ? old : [])] });
  }

  /** @throws NOT_FOUND */
  async remove(key: Key): Promise<void> {
    if (!(await this.#parts.ledger.webhooks.remove(key))) throw this.#unknown(key);
    this.#sender.wake(key);
  }

  /** Sends a message of type `webhook.test` now, once, and answers with what came of it. @throws NOT_FOUND */
  async test(key: Key): Promise<Delivery> {
    const { ledger, clock, ids } = this.#parts;
    const webhook = await ledger.webhooks.get(key);
    if (webhook === undefined) throw this.#unknown(key);
    const nowMs = clock.now();
    const data = { webhookId: ids.encode("hook", key) };
    const payload = JSON.stringify({ type: testMessageType, timestamp: new Date(nowMs).toISOString(), data });
    const delivery = await ledger.webhooks.addTest(
      { webhookKey: key, type: testMessageType, payload },
      nowMs,
    );
    return this.#sender.sendNow(webhook, delivery);
  }

  /** Sends a message again, under its id, with all its tries before it. @throws NOT_FOUND */
  async redeliver(key: Key, deliveryKey: Key): Promise<Delivery> {
    const { ledger, clock } = this.#parts;
    const before = await ledger.webhooks.getDelivery(deliveryKey);
    const delivery =
      before?.webhookKey === key ? await ledger.webhooks.redeliver(deliveryKey, clock.now()) : undefined;
    if (delivery === undefined) throw notFound("delivery", this.#parts.ids.encode("delivery", deliveryKey));
    this.#sender.wake(key);
    return delivery;
  }

  #unknown(key: Key) {
    return notFound("webhook", this.#parts.ids.encode("hook", key));
  }
}
