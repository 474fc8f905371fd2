// Webhooks: where events are sent, and what becomes of each message. Pure: when to try again, and when to give up.

import type { EventFilter } from "./event-filter.ts";
import type { Key } from "./ids.ts";

export const webhookStatuses = ["active", "paused", "disabled"] as const;
/** `disabled` is Rota's own doing: the endpoint failed for too long, or said that it is gone. */
export type WebhookStatus = (typeof webhookStatuses)[number];

export const deliveryStatuses = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** The type of the message that a person sends to try an endpoint. */
export const testMessageType = "webhook.test";

export interface WebhookSecret {
  /** `whsec_…` */
  readonly secret: string;
  /** Signs until then; absent: the present one. */
  readonly untilMs?: number;
}

/** What a person decides about a webhook. */
export interface WebhookDefinition {
  readonly url: string;
  readonly description?: string;
  /** Which events; with a user it is that user's, and hears of nothing else. */
  readonly filter: EventFilter;
  /** Messages on their way at once; with 1 they arrive in the order of the feed unless one has to be repeated. */
  readonly concurrency: number;
}

export interface Webhook extends WebhookDefinition {
  readonly key: Key;
  readonly status: WebhookStatus;
  readonly disabledReason?: string;
  /** Every message has failed since then. */
  readonly failingSinceMs?: number;
  /** It is told of what comes after this position. */
  readonly fromPosition: number;
  /** Shown once, when they are made, and never again. */
  readonly secrets: readonly WebhookSecret[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One try to hand a message over. */
export interface DeliveryAttempt {
  readonly atMs: number;
  readonly durationMs: number;
  /** Absent when there was no answer. */
  readonly statusCode?: number;
  /** Why there was no answer. */
  readonly error?: string;
  /** The beginning of the answer's body. */
  readonly excerpt?: string;
}

/** One message to one webhook. */
export interface Delivery {
  readonly key: Key;
  readonly webhookKey: Key;
  readonly type: string;
  /** Of its event in the feed; absent for a test. */
  readonly position?: number;
  /** The body, the same at each try. */
  readonly payload: string;
  readonly status: DeliveryStatus;
  /** The last tries. */
  readonly attempts: readonly DeliveryAttempt[];
  /** Tries since it was made or sent again. */
  readonly tries: number;
  readonly nextAttemptAtMs?: number;
  readonly createdAtMs: number;
  readonly endedAtMs?: number;
}

export interface WebhookSettings {
  /** Between one try and the next, in milliseconds; when they are used up the message has failed. */
  readonly retryDelaysMs: readonly number[];
  /** For an answer, in milliseconds. */
  readonly timeoutMs: number;
  /** A webhook all whose messages failed for so long is disabled, in milliseconds. */
  readonly disableAfterMs: number;
}

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** Ten tries over three days, as Standard Webhooks recommends. */
export const defaultWebhookSettings: WebhookSettings = {
  retryDelaysMs: [
    5 * second,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ],
  timeoutMs: 15 * second,
  disableAfterMs: 72 * hour,
};

/** Longest wait an endpoint may ask for. */
const longestRetryAfterMs = 24 * hour;
/** Tries are spread by up to this share, so that messages that failed together do not come back together. */
const spread = 0.1;

export interface AttemptFacts {
  readonly attempt: DeliveryAttempt;
  /** With this one. */
  readonly tries: number;
  readonly failingSinceMs: number | undefined;
  /** What the endpoint asked for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** In [0, 1). */
  readonly chance: number;
}

export interface Verdict {
  readonly status: DeliveryStatus;
  readonly nextAttemptAtMs?: number;
  /** Why the webhook is to be disabled. */
  readonly disable?: string;
}

/** Any 2xx is a success, anything else a failure; a redirect too. 410 says that the endpoint is gone for good. */
export function judgeAttempt(
  { attempt, tries, failingSinceMs, retryAfterMs = 0, chance }: AttemptFacts,
  { retryDelaysMs, disableAfterMs }: WebhookSettings,
): Verdict {
  const { statusCode = 0, atMs, durationMs } = attempt;
  const endedMs = atMs + durationMs;
  if (statusCode >= 200 && statusCode < 300) return { status: "delivered" };
  if (statusCode === 410) return { status: "failed", disable: "the endpoint answered 410 Gone" };
  if (failingSinceMs !== undefined && endedMs - failingSinceMs >= disableAfterMs) {
    return { status: "failed", disable: "every message has failed for too long" };
  }
  const delayMs = retryDelaysMs[tries - 1];
  if (delayMs === undefined) return { status: "failed" };
  const waitMs = Math.max(delayMs * (1 + spread * chance), Math.min(retryAfterMs, longestRetryAfterMs));
  return { status: "pending", nextAttemptAtMs: Math.ceil(endedMs + waitMs) };
}

/** `Retry-After` in milliseconds from `nowMs`: seconds, or a date. */
export function readRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** The secrets that sign now, the present one first. */
export function signingSecrets({ secrets }: Pick<Webhook, "secrets">, nowMs: number): readonly string[] {
  return secrets
    .filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs)
    .map(({ secret }) => secret);
}
