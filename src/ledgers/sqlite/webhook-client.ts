// The ledger's verbs on webhooks, asked over the channel.

import type { WebhookLedger } from "../../ports/webhook-ledger.ts";
import type { Channel } from "./channel.ts";

export function webhookClient(channel: Channel): WebhookLedger {
  return {
    create: (webhook, nowMs) => channel.call("createWebhook", [webhook, nowMs]),
    edit: (key, edit, nowMs) => channel.call("editWebhook", [key, edit, nowMs]),
    remove: (key) => channel.call("removeWebhook", [key]),
    get: (key) => channel.call("getWebhook", [key]),
    list: (query) => channel.call("listWebhooks", [query]),
    active: () => channel.call("activeWebhooks", []),
    position: () => channel.call("webhookPosition", []),
    enqueue: (step, nowMs) => channel.call("enqueueDeliveries", [step, nowMs], step.deliveries.length + 1),
    addTest: (delivery, nowMs) => channel.call("addTestDelivery", [delivery, nowMs]),
    due: (lines, nowMs) => channel.call("dueDeliveries", [lines, nowMs]),
    record: (record, nowMs) => channel.call("recordDelivery", [record, nowMs]),
    getDelivery: (key) => channel.call("getDelivery", [key]),
    deliveries: (webhookKey, query) => channel.call("listDeliveries", [webhookKey, query]),
    redeliver: (key, nowMs) => channel.call("redeliver", [key, nowMs]),
  };
}
