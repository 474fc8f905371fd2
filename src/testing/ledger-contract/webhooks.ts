// Webhooks: what is to be sent is kept with the place in the feed it comes from, and nothing is kept twice.

import type { Key } from "../../domain/ids.ts";
import type { Delivery, DeliveryAttempt, Webhook } from "../../domain/webhook.ts";
import type { NewDelivery, NewWebhook } from "../../ports/webhook-ledger.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

const day = 86_400_000;

function create(scene: Scene, over: Partial<NewWebhook> = {}): Promise<Webhook> {
  const webhook = {
    url: "https://a.example/",
    filter: { types: ["*"] },
    concurrency: 1,
    secrets: [{ secret: "s" }],
  };
  return scene.ledger.webhooks.create({ ...webhook, ...over }, scene.nowMs);
}

function message(webhookKey: Key, position: number, payload = `{"n":${position}}`): NewDelivery {
  return { webhookKey, type: "run.completed", position, payload };
}

/** Keeps one message for each of the webhooks and gives them as they are due. */
async function enqueue(scene: Scene, ...webhookKeys: readonly Key[]): Promise<readonly Delivery[]> {
  const { webhooks } = scene.ledger;
  const from = (await webhooks.position()) ?? 0;
  const deliveries = webhookKeys.map((key) => message(key, from + 1));
  const { generation } = await webhooks.active();
  await webhooks.enqueue({ generation, from, through: from + 1, deliveries }, scene.nowMs);
  return (await due(scene, ...webhookKeys)).deliveries;
}

function due(scene: Scene, ...webhookKeys: readonly Key[]) {
  const lines = [...new Set(webhookKeys)].map((webhookKey) => ({ webhookKey, limit: 10 }));
  return scene.ledger.webhooks.due(lines, scene.nowMs);
}

const attempt = (scene: Scene, over: Partial<DeliveryAttempt> = {}): DeliveryAttempt => ({
  atMs: scene.nowMs,
  durationMs: 5,
  ...over,
});

export const webhooks: Topic = {
  name: "webhooks",
  tests: {
    "are kept as they were made and changed": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const made = await create(scene, { description: "d", filter: { types: ["run.*"], userId: "ann" } });
      expect(made).toMatchObject({ status: "active", description: "d", secrets: [{ secret: "s" }] });
      expect(await ledger.get(made.key)).toEqual(made);
      scene.later(10);
      const definition = { url: "https://b.example/", filter: { types: ["task.*"] }, concurrency: 3 };
      const edited = await ledger.edit(made.key, { definition, status: "paused" }, scene.nowMs);
      expect(edited).toMatchObject({ ...definition, status: "paused", updatedAtMs: scene.nowMs });
      expect(edited?.description).toBeUndefined();
      expect(edited?.filter.userId).toBeUndefined();
      expect(await ledger.edit(scene.nobody, {}, scene.nowMs)).toBeUndefined();
      expect(await ledger.remove(made.key)).toBe(true);
      expect(await ledger.remove(made.key)).toBe(false);
      expect(await ledger.get(made.key)).toBeUndefined();
    },
    "are listed newest first, all or a user's, and the active ones oldest first": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const made: Webhook[] = [];
      for (const userId of ["ann", "bob", "ann", "ann"])
        made.push(await create(scene, { filter: { types: ["*"], userId } }));
      const keys = made.map(({ key }) => key);
      const [a = 0, b = 0, c = 0, d = 0] = keys;
      const first = await ledger.list({ limit: 3 });
      expect(first.items.map(({ key }) => key)).toEqual([d, c, b]);
      const rest = await ledger.list({
        limit: 3,
        ...(first.next === undefined ? {} : { after: first.next }),
      });
      expect(rest.items.map(({ key }) => key)).toEqual([a]);
      expect(rest.next).toBeUndefined();
      expect((await ledger.list({ limit: 10, userId: "ann" })).items.map(({ key }) => key)).toEqual([
        d,
        c,
        a,
      ]);
      await ledger.edit(c, { status: "paused" }, scene.nowMs);
      expect((await ledger.active()).webhooks.map(({ key }) => key)).toEqual([a, b, d]);
    },
    "begin with what is committed after them, and again when they are woken": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      expect(await ledger.position()).toBeUndefined();
      const task = await scene.task();
      const { key, fromPosition } = await create(scene);
      expect(fromPosition).toBe(1);
      expect(await ledger.position()).toBe(1);
      await ledger.edit(key, { status: "paused" }, scene.nowMs);
      expect(await ledger.position()).toBeUndefined();
      await scene.run(task);
      await ledger.edit(key, { status: "active" }, scene.nowMs);
      expect(await ledger.position()).toBe(2);
      await ledger.edit(key, { status: "active" }, scene.nowMs);
      await scene.run(task);
      expect((await ledger.get(key))?.fromPosition, "waking one that is awake changes nothing").toBe(2);
    },
    "get each event once: who comes second with the same place is refused": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const { key } = await create(scene);
      const { generation } = await ledger.active();
      const step = { generation, from: 0, through: 5, deliveries: [message(key, 3), message(key, 5)] };
      const both = await Promise.all([ledger.enqueue(step, scene.nowMs), ledger.enqueue(step, scene.nowMs)]);
      expect(both).toEqual([true, false]);
      expect(await ledger.position()).toBe(5);
      const { items } = await ledger.deliveries(key, { limit: 10 });
      expect(items.map(({ position }) => position)).toEqual([5, 3]);
    },
    "are not passed by when they are made or changed while messages are made": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const { key } = await create(scene);
      const changes = [
        () => create(scene),
        () => ledger.edit(key, { status: "active" }, scene.nowMs),
        async () => ledger.remove((await create(scene)).key),
      ];
      for (const change of changes) {
        const { generation } = await ledger.active();
        await change();
        const step = { generation, from: 0, through: 5, deliveries: [message(key, 3)] };
        expect(await ledger.enqueue(step, scene.nowMs)).toBe(false);
      }
      const { generation } = await ledger.active();
      expect(await ledger.enqueue({ generation, from: 0, through: 5, deliveries: [] }, scene.nowMs)).toBe(
        true,
      );
    },
    "hand out what is due in the order of the feed, each its own": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const [one, two] = [await create(scene), await create(scene)];
      const deliveries = [1, 2, 3].flatMap((n) => [message(one.key, n), message(two.key, n)]);
      const { generation } = await ledger.active();
      await ledger.enqueue({ generation, from: 0, through: 3, deliveries }, scene.nowMs);
      const ofOne = await due(scene, one.key);
      expect(ofOne.deliveries.map(({ position, webhookKey }) => [position, webhookKey])).toEqual(
        [1, 2, 3].map((n) => [n, one.key]),
      );
      const [first] = ofOne.deliveries;
      if (first === undefined) return;
      await ledger.record(
        {
          deliveryKey: first.key,
          attempt: attempt(scene, { statusCode: 500 }),
          status: "pending",
          nextAttemptAtMs: scene.nowMs + 100,
        },
        scene.nowMs,
      );
      const later = await due(scene, one.key);
      expect(later.deliveries.map(({ position }) => position)).toEqual([2, 3]);
      expect(later.nextAtMs).toBe(scene.nowMs + 100);
      scene.later(100);
      expect((await due(scene, one.key)).deliveries.map(({ position }) => position)).toEqual([2, 3, 1]);
      expect((await due(scene, two.key)).deliveries).toHaveLength(3);
    },
    "remember each try, and since when all have failed": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const { key } = await create(scene);
      const [delivery] = await enqueue(scene, key);
      const deliveryKey = delivery?.key ?? 0;
      const failed = attempt(scene, { statusCode: 503, excerpt: "busy" });
      const since = scene.nowMs;
      await ledger.record(
        { deliveryKey, attempt: failed, status: "pending", nextAttemptAtMs: since + 5 },
        since,
      );
      scene.later(5);
      const silent = attempt(scene, { error: "no answer" });
      await ledger.record({ deliveryKey, attempt: silent, status: "failed" }, scene.nowMs);
      expect(await ledger.getDelivery(deliveryKey)).toMatchObject({
        status: "failed",
        attempts: [failed, silent],
        tries: 2,
        endedAtMs: scene.nowMs,
      });
      expect((await ledger.get(key))?.failingSinceMs).toBe(since);
      expect((await due(scene, key)).deliveries).toEqual([]);
      const again = await ledger.redeliver(deliveryKey, scene.nowMs);
      expect(again).toMatchObject({
        status: "pending",
        tries: 0,
        attempts: [failed, silent],
        payload: delivery?.payload ?? "",
      });
      expect((await due(scene, key)).deliveries.map((each) => each.key)).toEqual([deliveryKey]);
      await ledger.record(
        { deliveryKey, attempt: attempt(scene, { statusCode: 204 }), status: "delivered" },
        scene.nowMs,
      );
      expect((await ledger.get(key))?.failingSinceMs).toBeUndefined();
      const only = async (status: Delivery["status"]) =>
        (await ledger.deliveries(key, { limit: 10, status })).items.length;
      expect([await only("pending"), await only("failed"), await only("delivered")]).toEqual([0, 0, 1]);
    },
    "that are disabled fail what is pending, tell of it, and get nothing more": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const { key } = await create(scene);
      const [delivery] = await enqueue(scene, key, key, key);
      const record = {
        deliveryKey: delivery?.key ?? 0,
        attempt: attempt(scene, { statusCode: 410 }),
      } as const;
      await ledger.record({ ...record, status: "failed", disable: "gone" }, scene.nowMs);
      expect(await ledger.get(key)).toMatchObject({ status: "disabled", disabledReason: "gone" });
      expect((await ledger.deliveries(key, { limit: 10 })).items.map(({ status }) => status)).toEqual([
        "failed",
        "failed",
        "failed",
      ]);
      const { events } = await scene.ledger.feed.read(0, 10);
      expect(events.map(({ type, taskKey }) => [type, taskKey])).toEqual([["webhook.disabled", undefined]]);
      expect(events[0]?.data).toMatchObject({ reason: "gone" });
      expect(await ledger.position()).toBeUndefined();
      const woken = await ledger.edit(key, { status: "active" }, scene.nowMs);
      expect(woken?.disabledReason).toBeUndefined();
      expect(woken?.failingSinceMs).toBeUndefined();
    },
    "that are deleted leave nothing behind": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const { key } = await create(scene);
      const [delivery] = await enqueue(scene, key);
      await ledger.remove(key);
      const deliveryKey = delivery?.key ?? 0;
      expect(await ledger.getDelivery(deliveryKey)).toBeUndefined();
      expect(await ledger.redeliver(deliveryKey, scene.nowMs)).toBeUndefined();
      const late = {
        deliveryKey,
        attempt: attempt(scene, { statusCode: 200 }),
        status: "delivered",
      } as const;
      expect(await ledger.record(late, scene.nowMs)).toBeUndefined();
    },
    "can be tried with a message that is not sent by itself": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const { key } = await create(scene);
      const test = await ledger.addTest(
        { webhookKey: key, type: "webhook.test", payload: "{}" },
        scene.nowMs,
      );
      expect(test).toMatchObject({ status: "pending", type: "webhook.test" });
      expect((await due(scene, key)).deliveries).toEqual([]);
    },
    "keep the feed until they have been told of it, and their log for 7 days": async (scene, expect) => {
      const { webhooks: ledger } = scene.ledger;
      const sweep = () =>
        scene.ledger.maintenance.sweep({ successMs: 1e12, failureMs: 1e12 }, 100, scene.nowMs);
      const { key } = await create(scene);
      const task = await scene.task();
      scene.later(8 * day);
      await sweep();
      expect((await scene.ledger.feed.read(0, 10)).events, "kept though it is old").toHaveLength(1);
      const [delivery] = await enqueue(scene, key);
      const attempted = attempt(scene, { statusCode: 200 });
      await ledger.record(
        { deliveryKey: delivery?.key ?? 0, attempt: attempted, status: "delivered" },
        scene.nowMs,
      );
      await scene.run(task);
      await sweep();
      expect((await scene.ledger.feed.read(0, 10)).gone).toBe(true);
      scene.later(6 * day);
      await sweep();
      expect((await ledger.deliveries(key, { limit: 10 })).items).toHaveLength(1);
      scene.later(2 * day);
      await sweep();
      expect((await ledger.deliveries(key, { limit: 10 })).items).toEqual([]);
    },
  },
};
