// Webhooks, and the log of what was sent to them.

import { z } from "zod";
import { deliveryStatuses, webhookStatuses } from "../../domain/webhook.ts";
import { eventPatternSchema } from "./event.ts";
import { idSchema, instantOut, lineSchema, oneOrMore, textSchema, userIdSchema } from "./scalars.ts";

const urlSchema = z
  .string()
  .max(2000)
  .refine(isCallable, "expected an http or https URL without user name and password")
  .describe("Where messages are posted to");

export const webhookFields = {
  url: urlSchema,
  events: oneOrMore(eventPatternSchema).describe("Which events: types, `run.*` for all of a kind, or `*`"),
  description: textSchema(1000),
  taskId: idSchema("task").describe("Only what concerns this task"),
  userId: userIdSchema.describe("Whose it is: it is told of that user's events only"),
  conversationId: lineSchema(200).describe("Only what belongs to this conversation"),
  concurrency: z
    .int()
    .min(1)
    .max(20)
    .describe("Messages on their way at once; with 1 they arrive in order unless one has to be repeated"),
};

export const webhookOut = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().optional(),
    events: z.array(z.string()),
    taskId: z.string().optional(),
    userId: z.string().optional(),
    conversationId: z.string().optional(),
    concurrency: z.int(),
    status: z
      .enum(webhookStatuses)
      .describe("`disabled` by Rota when it failed for too long; update it to go on"),
    disabledReason: z.string().optional(),
    failingSince: instantOut.optional().describe("Every message has failed since then"),
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .meta({ id: "Webhook" });

export const webhookWithSecretOut = webhookOut
  .extend({
    secret: z.string().describe("Verifies the signatures (Standard Webhooks). Shown now and never again"),
  })
  .meta({ id: "WebhookWithSecret" });

export const deliveryOut = z
  .object({
    id: z.string().describe("The header `webhook-id`; the same at each try"),
    webhookId: z.string(),
    type: z.string(),
    position: z.int().optional().describe("Of the event in the feed"),
    status: z.enum(deliveryStatuses),
    payload: z.string().describe("The body as it is sent"),
    attempts: z.array(
      z.object({
        at: instantOut,
        durationMs: z.number(),
        statusCode: z.int().optional(),
        error: z.string().optional().describe("Why there was no answer"),
        excerpt: z.string().optional().describe("The beginning of the answer's body"),
      }),
    ),
    nextAttemptAt: instantOut.optional(),
    createdAt: instantOut,
    endedAt: instantOut.optional(),
  })
  .meta({ id: "Delivery" });

function isCallable(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}
