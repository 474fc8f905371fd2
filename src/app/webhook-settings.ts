// Reads how webhooks are sent from the options of `createRota`.

import { parseDurationMs } from "../domain/duration.ts";
import { RotaError } from "../domain/errors.ts";
import { defaultWebhookSettings, type WebhookSettings } from "../domain/webhook.ts";

/** Durations are text such as `"30m"`, or milliseconds. */
export interface WebhookOptions {
  /**
   * Between one try of a message and the next; when they are used up it has failed.
   *
   * @default ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"]: ten tries over three days
   */
  readonly retryDelays?: readonly (string | number)[];
  /** How long an endpoint has to answer. @default "15s" */
  readonly timeout?: string | number;
  /** A webhook all whose messages have failed for so long is disabled. @default "3d" */
  readonly disableAfter?: string | number;
}

/** @throws CONFIG_INVALID */
export function webhookSettings(options: WebhookOptions = {}): WebhookSettings {
  const { retryDelaysMs, timeoutMs, disableAfterMs } = defaultWebhookSettings;
  const { retryDelays = retryDelaysMs, timeout = timeoutMs, disableAfter = disableAfterMs } = options;
  return {
    retryDelaysMs: retryDelays.map((delay) => duration("webhooks.retryDelays", delay)),
    timeoutMs: duration("webhooks.timeout", timeout),
    disableAfterMs: duration("webhooks.disableAfter", disableAfter),
  };
}

function duration(field: string, value: string | number): number {
  const parsed = parseDurationMs(value);
  if (parsed.ok) return parsed.ms;
  throw new RotaError("CONFIG_INVALID", `${field}: ${parsed.message}`, { details: { field } });
}
