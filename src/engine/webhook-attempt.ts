// One try to hand a message over: signs it, sends it, and says what came back.

import type { Delivery, DeliveryAttempt, Webhook, WebhookSettings } from "../domain/webhook.ts";
import { readRetryAfterMs, signingSecrets } from "../domain/webhook.ts";
import { textOfThrown } from "../domain/errors.ts";
import type { IdCodec } from "../domain/ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { Outbound, OutboundStream } from "../ports/outbound.ts";
import type { WebhookSigner } from "../ports/webhook-signer.ts";

/** Of the answer's body, in bytes; enough to see what went wrong. */
const excerptBytes = 1000;
/** How long the beginning of the body is waited for: the answer counts when its status is there. */
const excerptMs = 2000;

export interface AttemptParts {
  readonly clock: Clock;
  readonly ids: IdCodec;
  readonly outbound: Outbound;
  readonly signer: WebhookSigner;
  readonly settings: WebhookSettings;
}

export interface AttemptOutcome {
  readonly attempt: DeliveryAttempt;
  readonly retryAfterMs?: number;
}

/** Follows no redirect; never throws but when `signal` says to stop, and then nothing is known of the message. */
export async function attemptDelivery(
  webhook: Webhook,
  delivery: Delivery,
  { clock, ids, outbound, signer, settings }: AttemptParts,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const [atMs, since] = [clock.now(), clock.monotonic()];
  const ended = (facts: Omit<DeliveryAttempt, "atMs" | "durationMs">): DeliveryAttempt => ({
    atMs,
    durationMs: Math.round(clock.monotonic() - since),
    ...facts,
  });
  try {
    const message = {
      id: ids.encode("delivery", delivery.key),
      atMs,
      body: delivery.payload,
      secrets: signingSecrets(webhook, atMs),
    };
    const stream = await outbound.open({
      method: "POST",
      url: webhook.url,
      headers: {
        "content-type": "application/json",
        "user-agent": "Rota-Webhooks",
        ...(await signer.headers(message)),
      },
      body: delivery.payload,
      signal,
      limits: { timeoutMs: settings.timeoutMs, idleMs: excerptMs },
    });
    const retryAfterMs = readRetryAfterMs(stream.headers["retry-after"], clock.now());
    const durationMs = Math.round(clock.monotonic() - since);
    const excerpt = await beginningOf(stream, clock);
    const attempt = { atMs, durationMs, statusCode: stream.status, ...(excerpt === "" ? {} : { excerpt }) };
    return { attempt, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  } catch (error) {
    signal.throwIfAborted();
    return { attempt: ended({ error: textOfThrown(error).slice(0, excerptBytes) }) };
  }
}

/** What is there of the body when its time or the place for it is over; an answer that breaks off has answered. */
async function beginningOf(stream: OutboundStream, clock: Clock): Promise<string> {
  const stop = clock.after(excerptMs, () => stream.close());
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream.body) {
      chunks.push(chunk.subarray(0, excerptBytes - size));
      size += chunk.length;
      if (size >= excerptBytes) break;
    }
  } catch {
    // Cut off: by the other side, or since it took too long.
  } finally {
    stop();
    stream.close();
  }
  return textOf(chunks);
}

/** As text, whatever it is; what cannot be stored or shown is replaced. */
function textOf(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd");
}
