// The handlers of the operations on webhooks.

import { notFound } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Delivery, Webhook, WebhookDefinition } from "../domain/webhook.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import type { Handlers } from "./handlers.ts";
import { ownerFilter, ownerOfNew, taskKeyFor } from "./lookup.ts";
import { pageAnswer, pageRequest } from "./page.ts";
import { present, when } from "./present.ts";
import type { Call, Services } from "./services.ts";
import { utc, utcOrNothing } from "./time-text.ts";

export const webhookHandlers: Handlers<
  | "webhooks.create"
  | "webhooks.list"
  | "webhooks.get"
  | "webhooks.update"
  | "webhooks.delete"
  | "webhooks.test"
  | "webhooks.deliveries"
  | "webhooks.redeliver"
  | "webhooks.rotateSecret"
> = {
  "webhooks.create": async (
    { url, events, description, taskId, userId, conversationId, concurrency },
    call,
  ) => {
    const filter = present({
      types: events,
      taskKey: taskId === undefined ? undefined : await taskKeyFor(taskId, call),
      userId: ownerOfNew(userId, call) ?? undefined,
      conversationId,
    });
    const definition = present({ url, description, filter, concurrency });
    return withSecret(await call.services.engine.webhooks.create(definition), call.services);
  },
  "webhooks.list": async ({ userId, ...page }, call) =>
    pageAnswer(
      await call.services.ledger.webhooks.list({ ...pageRequest(page), ...ownerFilter(userId, call) }),
      (webhook) => webhookView(webhook, call.services),
    ),
  "webhooks.get": async ({ id }, call) => webhookView(await findWebhook(id, call), call.services),
  "webhooks.update": async ({ id, status, ...fields }, call) => {
    const before = await findWebhook(id, call);
    const definition = await edited(before, fields, call);
    const webhook = await call.services.engine.webhooks.edit(before.key, present({ definition, status }));
    return webhookView(webhook, call.services);
  },
  "webhooks.delete": async ({ id }, call) => {
    await call.services.engine.webhooks.remove(await webhookKeyFor(id, call));
    return null;
  },
  "webhooks.test": async ({ id }, call) => {
    const key = await webhookKeyFor(id, call);
    return deliveryView(await call.services.engine.webhooks.test(key), call.services);
  },
  "webhooks.deliveries": async ({ id, status, ...page }, call) => {
    const { key } = await findWebhook(id, call);
    const query = { ...pageRequest(page), ...present({ status }) };
    return pageAnswer(await call.services.ledger.webhooks.deliveries(key, query), (delivery) =>
      deliveryView(delivery, call.services),
    );
  },
  "webhooks.redeliver": async ({ id, deliveryId }, call) => {
    const key = await webhookKeyFor(id, call);
    const deliveryKey = call.services.ids.decode("delivery", deliveryId);
    if (deliveryKey === undefined) throw notFound("delivery", deliveryId);
    return deliveryView(await call.services.engine.webhooks.redeliver(key, deliveryKey), call.services);
  },
  "webhooks.rotateSecret": async ({ id, keepOldFor }, call) => {
    const key = await webhookKeyFor(id, call);
    return withSecret(await call.services.engine.webhooks.rotateSecret(key, keepOldFor), call.services);
  },
};

interface EditedFields {
  readonly url?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly description?: string | null | undefined;
  readonly taskId?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly conversationId?: string | null | undefined;
  readonly concurrency?: number | undefined;
}

/** What is absent stays, null removes. @throws NOT_FOUND (a task), FORBIDDEN (another user's) */
async function edited(before: Webhook, fields: EditedFields, call: Call): Promise<WebhookDefinition> {
  const { url, events, description, taskId, userId, conversationId, concurrency } = fields;
  const { filter } = before;
  if (userId !== undefined) ownerOfNew(userId, call);
  const taskKey = typeof taskId === "string" ? await taskKeyFor(taskId, call) : taskId;
  return present({
    url: url ?? before.url,
    description: changed(before.description, description),
    concurrency: concurrency ?? before.concurrency,
    filter: present({
      types: events ?? filter.types,
      taskKey: changed(filter.taskKey, taskKey),
      userId: changed(filter.userId, userId),
      conversationId: changed(filter.conversationId, conversationId),
    }),
  });
}

function changed<Value>(before: Value | undefined, value: Value | null | undefined): Value | undefined {
  return value === undefined ? before : (value ?? undefined);
}

/** @throws NOT_FOUND when there is none, or it belongs to another user */
async function findWebhook(id: string, { principal, services }: Call): Promise<Webhook> {
  const webhook = await services.ledger.webhooks.get(webhookKey(id, services));
  const isVisible = principal.userId === undefined || principal.userId === webhook?.filter.userId;
  if (webhook === undefined || !isVisible) throw notFound("webhook", id);
  return webhook;
}

/** The key of a webhook that is about to be changed: read first only where the caller is bound to a user. @throws NOT_FOUND */
async function webhookKeyFor(id: string, call: Call): Promise<Key> {
  if (call.principal.userId === undefined) return webhookKey(id, call.services);
  return (await findWebhook(id, call)).key;
}

function webhookKey(id: string, { ids }: Services): Key {
  const key = ids.decode("hook", id);
  if (key === undefined) throw notFound("webhook", id);
  return key;
}

function webhookView(webhook: Webhook, { ids }: Services): OutputOf<"webhooks.get"> {
  const { taskKey, types = [], userId, conversationId } = webhook.filter;
  return present({
    id: ids.encode("hook", webhook.key),
    url: webhook.url,
    description: webhook.description,
    events: types,
    taskId: when(taskKey, (key) => ids.encode("task", key)),
    userId,
    conversationId,
    concurrency: webhook.concurrency,
    status: webhook.status,
    disabledReason: webhook.disabledReason,
    failingSince: utcOrNothing(webhook.failingSinceMs),
    createdAt: utc(webhook.createdAtMs),
    updatedAt: utc(webhook.updatedAtMs),
  });
}

function withSecret(webhook: Webhook, services: Services): OutputOf<"webhooks.create"> {
  return { ...webhookView(webhook, services), secret: webhook.secrets[0]?.secret ?? "" };
}

function deliveryView(delivery: Delivery, { ids }: Services): OutputOf<"webhooks.redeliver"> {
  return present({
    id: ids.encode("delivery", delivery.key),
    webhookId: ids.encode("hook", delivery.webhookKey),
    type: delivery.type,
    position: delivery.position,
    status: delivery.status,
    payload: delivery.payload,
    attempts: delivery.attempts.map(({ atMs, ...attempt }) => ({ at: utc(atMs), ...attempt })),
    nextAttemptAt: utcOrNothing(delivery.nextAttemptAtMs),
    createdAt: utc(delivery.createdAtMs),
    endedAt: utcOrNothing(delivery.endedAtMs),
  });
}
