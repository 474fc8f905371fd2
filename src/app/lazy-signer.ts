// The signer of webhooks, loaded with the first message: a program that has none does not pay for it.

import type { WebhookMessage, WebhookSigner } from "../ports/webhook-signer.ts";

const load = async (): Promise<WebhookSigner> =>
  (await import("../webhooks/standard-signer.ts")).standardSigner;

export const lazySigner: WebhookSigner = {
  newSecret: async () => (await load()).newSecret(),
  headers: async (message: WebhookMessage) => (await load()).headers(message),
};
