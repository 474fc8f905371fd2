// The operations on webhooks: events sent to an address of one's own, signed and repeated.

import { z } from "zod";
import { deliveryStatuses } from "../../domain/webhook.ts";
import { operation } from "../operation.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { durationSchema, idSchema, userIdSchema } from "../schema/scalars.ts";
import { deliveryOut, webhookFields, webhookOut, webhookWithSecretOut } from "../schema/webhook.ts";

const id = idSchema("hook");
const deliveryId = idSchema("delivery");

const faces = {
  mcp: { none: "addresses that receive events are set up by people" },
  say: { none: "addresses that receive events are set up by people" },
} as const;
const reading = { ...faces, permission: "viewer", effect: "reads", idempotent: true } as const;
const changing = { ...faces, permission: "operator", effect: "changes" } as const;

const { url, events, ...optional } = webhookFields;
const { description, taskId, userId, conversationId, concurrency } = optional;

export const webhookOperations = {
  "webhooks.create": operation("webhooks.create", {
    ...changing,
    summary: { en: "Create a webhook: events are sent to a URL", zh: "创建 Webhook：把事件推送到指定地址" },
    description:
      "Messages follow Standard Webhooks: signed with the secret that is shown here once, repeated over three days. It is " +
      "told of what happens from now on.",
    input: z.strictObject({
      url,
      events,
      description: description.optional(),
      taskId: taskId.optional(),
      userId: userId.optional(),
      conversationId: conversationId.optional(),
      concurrency: concurrency.default(1),
    }),
    output: webhookWithSecretOut,
    idempotent: false,
    undo: "webhooks.delete",
    errors: ["NOT_FOUND"],
    cli: { noun: "webhooks", verb: "create", args: ["url"] },
  }),
  "webhooks.list": operation("webhooks.list", {
    ...reading,
    summary: { en: "List webhooks, newest first", zh: "列出 Webhook（最新在前）" },
    input: z.strictObject({ userId: userIdSchema.optional(), ...pageFields }),
    output: pageOf(webhookOut),
    errors: [],
    cli: { noun: "webhooks", verb: "list", columns: ["id", "status", "url", "events", "failingSince"] },
  }),
  "webhooks.get": operation("webhooks.get", {
    ...reading,
    summary: { en: "Show a webhook", zh: "查看 Webhook" },
    input: z.strictObject({ id }),
    output: webhookOut,
    errors: ["NOT_FOUND"],
    cli: { noun: "webhooks", verb: "get", args: ["id"] },
  }),
  "webhooks.update": operation("webhooks.update", {
    ...changing,
    summary: { en: "Change, pause or resume a webhook", zh: "修改、暂停或恢复 Webhook" },
    description:
      "Null removes a field. While it is paused or disabled, events pass it by; active again it is told of what comes then.",
    input: z.strictObject({
      id,
      url: url.optional(),
      events: events.optional(),
      description: description.nullable().optional(),
      taskId: taskId.nullable().optional(),
      userId: userId.nullable().optional(),
      conversationId: conversationId.nullable().optional(),
      concurrency: concurrency.optional(),
      status: z.enum(["active", "paused"]).optional(),
    }),
    output: webhookOut,
    idempotent: true,
    undo: "webhooks.update",
    errors: ["NOT_FOUND"],
    cli: { noun: "webhooks", verb: "update", args: ["id"] },
  }),
  "webhooks.delete": operation("webhooks.delete", {
    ...changing,
    effect: "destroys",
    summary: { en: "Delete a webhook with its log", zh: "删除 Webhook 及其投递记录" },
    input: z.strictObject({ id }),
    output: z.null(),
    idempotent: true,
    errors: ["NOT_FOUND"],
    cli: { noun: "webhooks", verb: "delete", args: ["id"] },
  }),
  "webhooks.test": operation("webhooks.test", {
    ...changing,
    summary: { en: "Send a test message now and see what comes back", zh: "立即发送测试消息并查看响应" },
    input: z.strictObject({ id }),
    output: deliveryOut,
    idempotent: false,
    undo: "a message that was sent cannot be taken back",
    errors: ["NOT_FOUND"],
    cli: { noun: "webhooks", verb: "test", args: ["id"] },
  }),
  "webhooks.deliveries": operation("webhooks.deliveries", {
    ...reading,
    summary: {
      en: "List what was sent to a webhook, newest first",
      zh: "列出 Webhook 的投递记录（最新在前）",
    },
    description: "Kept for 7 days after the last try.",
    input: z.strictObject({ id, status: z.enum(deliveryStatuses).optional(), ...pageFields }),
    output: pageOf(deliveryOut),
    errors: ["NOT_FOUND"],
    cli: {
      noun: "webhooks",
      verb: "deliveries",
      args: ["id"],
      columns: ["id", "createdAt", "type", "status", "attempts", "nextAttemptAt"],
    },
  }),
  "webhooks.redeliver": operation("webhooks.redeliver", {
    ...changing,
    summary: { en: "Send a message again", zh: "重新投递消息" },
    description: "Under its id and with its body, with all its tries before it.",
    input: z.strictObject({ id, deliveryId }),
    output: deliveryOut,
    idempotent: false,
    undo: "a message that was sent cannot be taken back",
    errors: ["NOT_FOUND"],
    cli: { noun: "webhooks", verb: "redeliver", args: ["id", "deliveryId"] },
  }),
  "webhooks.rotateSecret": operation("webhooks.rotateSecret", {
    ...changing,
    summary: { en: "Make a new secret for a webhook", zh: "更换 Webhook 的密钥" },
    description:
      "The old one signs beside it for a while, so that the receiver can change over without a gap.",
    input: z.strictObject({
      id,
      keepOldFor: durationSchema
        .default(86_400_000)
        .describe("How long the old secret still signs; 1d if not given"),
    }),
    output: webhookWithSecretOut,
    idempotent: false,
    undo: "the secret before signs until `keepOldFor` is over; after that it is gone",
    errors: ["NOT_FOUND"],
    cli: { noun: "webhooks", verb: "rotate-secret", args: ["id"] },
  }),
};
