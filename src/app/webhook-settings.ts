// Reads how webhooks are sent from the options of `createRota`.

import { defaultWebhookSettings, type WebhookSettings } from "../domain/webhook.ts";
import { milliseconds } from "./checked-duration.ts";

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

/** @param options - checked: every duration is readable */
export function webhookSettings(options: WebhookOptions = {}): WebhookSettings {
  const { retryDelaysMs, timeoutMs, disableAfterMs } = defaultWebhookSettings;
  const { retryDelays = retryDelaysMs, timeout = timeoutMs, disableAfter = disableAfterMs } = options;
  return {
    retryDelaysMs: retryDelays.map(milliseconds),
    timeoutMs: milliseconds(timeout),
    disableAfterMs: milliseconds(disableAfter),
  };
}
