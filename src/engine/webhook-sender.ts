// Sends events to webhooks: at least once, in the order of the feed as far as the endpoint lets it, each on its own.

import { eventMatcher } from "../domain/event-filter.ts";
import type { RotaEvent } from "../domain/event.ts";
import { textOfThrown } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import { judgeAttempt, type Delivery, type Webhook } from "../domain/webhook.ts";
import type { CancelTimer } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import type { ActiveWebhooks, NewDelivery } from "../ports/webhook-ledger.ts";
import type { EngineParts } from "./parts.ts";
import { attemptDelivery } from "./webhook-attempt.ts";

/** Events of the feed looked at in one step. */
const pageSize = 500;
/** After the ledger was away. */
const againMs = 1000;
/** A look for what nobody said: a webhook that was changed elsewhere. */
const idleMs = 30_000;
/** After so many failures in a row an endpoint is left alone for a while, and only then tried again. */
const patience = 3;
const longestRestMs = 60_000;

/** An endpoint that fails: messages that are due wait until it has had its rest. */
interface Rest {
  readonly failures: number;
  readonly untilMs: number;
}

/**
 * Two steps, each safe to die in: what the feed holds becomes messages, together with the place it was read to; and what
 * is due is sent and noted. A message that was sent but not noted is sent again, under the same id.
 *
 * An endpoint has at most `concurrency` messages on their way and its own line, so a slow one holds up nobody else; a
 * message that has to be repeated waits by itself and lets those behind it pass.
 */
export class WebhookSender implements Service {
  readonly #parts: EngineParts;
  /** Messages on their way, by key, and their number by webhook. */
  readonly #underway = new Map<Key, Promise<void>>();
  readonly #busy = new Map<Key, number>();
  readonly #resting = new Map<Key, Rest>();
  /** The active ones; stale until they were read after the last change. */
  #active: ActiveWebhooks = { webhooks: [], generation: 0 };
  #isStale = true;
  #isRunning = false;
  #isLooking = false;
  #lookAgain = false;
  #stopping = new AbortController();
  #unlisten: (() => void) | undefined;
  #timer: CancelTimer | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#stopping = new AbortController();
    this.#unlisten = this.#parts.ledger.onCommit(() => {
      // While nobody listens, commits cost nothing.
      if (this.#isStale || this.#active.webhooks.length > 0) void this.#look();
    });
    void this.#look();
  }

  /** What is on its way is given up, and sent again after the next start. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#unlisten?.();
    this.#timer?.();
    this.#stopping.abort();
    await Promise.all(this.#underway.values());
  }

  /** A webhook was made or changed, or something is to be sent again. */
  wake(webhookKey?: Key): void {
    this.#isStale = true;
    if (webhookKey !== undefined) this.#resting.delete(webhookKey);
    void this.#look();
  }

  /** Sends one message now, whatever else is due, and answers when the try is noted. */
  async sendNow(webhook: Webhook, delivery: Delivery): Promise<Delivery> {
    const { attempt } = await attemptDelivery(
      webhook,
      delivery,
      this.#parts.webhooks,
      new AbortController().signal,
    );
    const isDelivered =
      attempt.statusCode !== undefined && attempt.statusCode >= 200 && attempt.statusCode < 300;
    const record = {
      deliveryKey: delivery.key,
      attempt,
      status: isDelivered ? "delivered" : "failed",
    } as const;
    return (await this.#parts.ledger.webhooks.record(record, this.#parts.clock.now())) ?? delivery;
  }

  async #look(): Promise<void> {
    this.#lookAgain = true;
    if (this.#isLooking || !this.#isRunning) return;
    this.#isLooking = true;
    let nextAtMs: number | undefined;
    try {
      while (this.#lookAgain && this.#isRunning) {
        this.#lookAgain = false;
        const active = await this.#load();
        const { webhooks } = active;
        if (webhooks.length > 0 && (await this.#readOn(active))) this.#lookAgain = true;
        nextAtMs = webhooks.length > 0 ? await this.#sendDue(webhooks) : undefined;
      }
    } catch (error) {
      this.#isStale = true;
      nextAtMs = this.#parts.clock.now() + againMs;
      this.#report(error);
    }
    this.#isLooking = false;
    this.#arm(nextAtMs);
  }

  async #load(): Promise<ActiveWebhooks> {
    if (this.#isStale) {
      this.#isStale = false;
      this.#active = await this.#parts.ledger.webhooks.active();
    }
    return this.#active;
  }

  #arm(nextAtMs: number | undefined): void {
    this.#timer?.();
    if (!this.#isRunning) return;
    const { clock } = this.#parts;
    if (nextAtMs === undefined) {
      this.#timer = clock.after(idleMs, () => this.wake(), { idle: true });
    } else {
      this.#timer = clock.after(Math.max(0, nextAtMs - clock.now()), () => void this.#look());
    }
  }

  /** Turns the next page of the feed into messages; true when there may be more. */
  async #readOn({ webhooks, generation }: ActiveWebhooks): Promise<boolean> {
    const { ledger, clock } = this.#parts;
    const from = await ledger.webhooks.position();
    if (from === undefined) {
      this.#isStale = true;
      return false;
    }
    const { events, gone } = await ledger.feed.read(from, pageSize);
    const through = gone ? await ledger.feed.head() : (events.at(-1)?.position ?? from);
    if (through === from) return false;
    const deliveries = await this.#messagesOf(events, webhooks);
    const isKept = await ledger.webhooks.enqueue({ generation, from, through, deliveries }, clock.now());
    // The webhooks are others by now: the same page is read again for these.
    if (!isKept) this.#isStale = true;
    return true;
  }

  async #messagesOf(events: readonly RotaEvent[], webhooks: readonly Webhook[]): Promise<NewDelivery[]> {
    const readers = webhooks.map((webhook) => ({ ...webhook, fits: eventMatcher(webhook.filter) }));
    const made = events.map(async (event) => {
      const wanting = readers.filter(
        ({ fits, fromPosition }) => event.position > fromPosition && fits(event),
      );
      if (wanting.length === 0) return [];
      const { type, position } = event;
      const payload = await this.#parts.webhooks.messageOf(event);
      return wanting.map(({ key }) => ({ webhookKey: key, type, position, payload }));
    });
    return (await Promise.all(made)).flat();
  }

  /** Begins to send what may be sent now; answers when to look again. */
  async #sendDue(webhooks: readonly Webhook[]): Promise<number | undefined> {
    const { ledger, clock } = this.#parts;
    const nowMs = clock.now();
    let nextAtMs: number | undefined;
    const lines = [];
    for (const { key, concurrency } of webhooks) {
      const busy = this.#busy.get(key) ?? 0;
      const restUntilMs = this.#resting.get(key)?.untilMs ?? 0;
      if (restUntilMs > nowMs) nextAtMs = Math.min(nextAtMs ?? restUntilMs, restUntilMs);
      // Those on their way are still due: they are asked for and left out.
      else if (busy < concurrency) lines.push({ webhookKey: key, limit: concurrency + busy });
    }
    const due = await ledger.webhooks.due(lines, nowMs);
    for (const delivery of due.deliveries) {
      const webhook = webhooks.find(({ key }) => key === delivery.webhookKey);
      if (webhook !== undefined && this.#isRunning) this.#begin(webhook, delivery);
    }
    return due.nextAtMs === undefined ? nextAtMs : Math.min(nextAtMs ?? due.nextAtMs, due.nextAtMs);
  }

  #begin(webhook: Webhook, delivery: Delivery): void {
    const busy = this.#busy.get(webhook.key) ?? 0;
    if (this.#underway.has(delivery.key) || busy >= webhook.concurrency) return;
    this.#busy.set(webhook.key, busy + 1);
    const sending = this.#send(webhook, delivery)
      .catch((error: unknown) => {
        // It could not be noted: whether it arrived or not, it is not sent again at once.
        this.#resting.set(webhook.key, { failures: 0, untilMs: this.#parts.clock.now() + againMs });
        this.#report(error);
      })
      .finally(() => {
        this.#underway.delete(delivery.key);
        this.#busy.set(webhook.key, (this.#busy.get(webhook.key) ?? 1) - 1);
        void this.#look();
      });
    this.#underway.set(delivery.key, sending);
  }

  async #send(webhook: Webhook, delivery: Delivery): Promise<void> {
    const { ledger, clock, random, webhooks } = this.#parts;
    const { signal } = this.#stopping;
    const { attempt, retryAfterMs } = await attemptDelivery(webhook, delivery, webhooks, signal).catch(
      (error: unknown) => {
        if (signal.aborted) return { attempt: undefined, retryAfterMs: undefined };
        throw error;
      },
    );
    if (attempt === undefined) return;
    const { failingSinceMs } = (await ledger.webhooks.get(webhook.key)) ?? webhook;
    const facts = { attempt, tries: delivery.tries + 1, failingSinceMs, chance: random.next() };
    const verdict = judgeAttempt(
      { ...facts, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      webhooks.settings,
    );
    this.#rest(webhook.key, verdict.status === "delivered");
    await ledger.webhooks.record({ deliveryKey: delivery.key, attempt, ...verdict }, clock.now());
    if (verdict.disable !== undefined) this.wake();
  }

  #rest(webhookKey: Key, isWell: boolean): void {
    if (isWell) {
      this.#resting.delete(webhookKey);
      return;
    }
    const failures = (this.#resting.get(webhookKey)?.failures ?? 0) + 1;
    const restMs = failures < patience ? 0 : Math.min(longestRestMs, 1000 * 2 ** (failures - patience));
    this.#resting.set(webhookKey, { failures, untilMs: this.#parts.clock.now() + restMs });
  }

  #report(error: unknown): void {
    this.#parts.telemetry.emit({ kind: "service.failed", service: "webhooks", error: textOfThrown(error) });
  }
}
