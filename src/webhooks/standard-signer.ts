// Signs messages as Standard Webhooks has it (https://www.standardwebhooks.com), by its own library.

import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { WebhookMessage, WebhookSigner } from "../ports/webhook-signer.ts";

/** The standard asks for 24 to 64. */
const secretBytes = 32;

export const standardSigner: WebhookSigner = {
  newSecret: async () => `whsec_${randomBytes(secretBytes).toString("base64")}`,
  headers: async ({ id, atMs, body, secrets }: WebhookMessage) => ({
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(atMs / 1000)),
    "webhook-signature": secrets
      .map((secret) => new Webhook(secret).sign(id, new Date(atMs), body))
      .join(" "),
  }),
};
