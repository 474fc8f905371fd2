// Webhooks against a real receiver that misbehaves; three days of repeats pass in virtual time.

import { describe, expect, it } from "vitest";
import { Webhook } from "standardwebhooks";
import { createRota } from "../../src/app/create-rota.ts";
import type { Rota } from "../../src/app/rota.ts";
import type { Principal } from "../../src/contract/principal.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";
import { answer, Receiver, type Behaviour } from "./webhook-receiver.ts";

const echo = defineExecutor({ type: "echo", run: () => ({ answer: 42 }) });
const broken = defineExecutor({
  type: "broken",
  retry: { maxAttempts: 1 },
  run: () => {
    throw new Error("no luck");
  },
});
const executors = [echo, broken];
const hour = 3_600_000;

const inMemory = () => createRota({ database: "memory:", executors });

async function runOnce(rota: Rota, type = "echo", more: { readonly userId?: string } = {}): Promise<string> {
  const task = await rota.tasks.create({ name: "t", type, ...more });
  const run = await rota.trigger(task);
  await run.result().catch(() => undefined);
  return run.id;
}

/** The deliveries, once so many tries of the newest one have been noted. */
async function noted(rota: Rota, id: string, tries: number) {
  for (;;) {
    const { items } = await rota.webhooks.deliveries({ id });
    if ((items[0]?.attempts.length ?? 0) >= tries) return items;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

describe("a webhook", () => {
  it("P15 S1.73 is told of what happens: signed, in order, with the run as it ended", async () => {
    await using receiver = await Receiver.start();
    await using rota = await inMemory();
    const { secret, id, ...hook } = await rota.webhooks.create({ url: receiver.url, events: ["run.*"] });
    expect(hook).toMatchObject({ status: "active", events: ["run.*"], concurrency: 1 });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const runId = await runOnce(rota);
    const failedId = await runOnce(rota, "broken");
    const all = await receiver.until(6);
    expect(all.map(({ message }) => message.type)).toEqual([
      "run.created",
      "run.started",
      "run.completed",
      "run.created",
      "run.started",
      "run.failed",
    ]);
    for (const { body, headers, message } of all) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(message);
      expect(headers).toMatchObject({ "content-type": "application/json", "user-agent": "Rota-Webhooks" });
      expect(headers["webhook-id"]).toMatch(/^delivery_/);
    }
    expect(new Set(all.map(({ headers }) => headers["webhook-id"])).size).toBe(6);
    expect(all[2]?.message).toMatchObject({
      timestamp: expect.any(String) as string,
      data: { runId, seq: 3, run: { id: runId, status: "completed", result: { data: { answer: 42 } } } },
    });
    expect(all[5]?.message.data).toMatchObject({ runId: failedId, run: { error: { message: "no luck" } } });
    const shown = JSON.stringify([await rota.webhooks.list(), await rota.webhooks.get({ id })]);
    expect(shown).not.toContain("whsec_");
  });

  it("R13 is told only of what fits, and a user's only of that user's", async () => {
    await using receiver = await Receiver.start();
    await using rota = await inMemory();
    const ann: Principal = { kind: "key", role: "operator", actor: "ann", userId: "ann" };
    const url = receiver.url;
    const mine = (await rota.invoke("webhooks.create", { url, events: "run.completed" }, ann)) as {
      id: string;
    };
    await runOnce(rota, "echo", { userId: "bob" });
    await runOnce(rota);
    const runId = await runOnce(rota, "echo", { userId: "ann" });
    const [first] = await receiver.until(1);
    expect(first?.message).toMatchObject({ type: "run.completed", data: { runId, userId: "ann" } });
    await expect(
      rota.invoke("webhooks.create", { url, events: "*", userId: "bob" }, ann),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    const theirs = await rota.webhooks.create({ url, events: "*", userId: "bob" });
    for (const name of ["webhooks.get", "webhooks.delete", "webhooks.test", "webhooks.rotateSecret"] as const)
      await expect(rota.invoke(name, { id: theirs.id }, ann)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const list = (await rota.invoke("webhooks.list", {}, ann)) as { items: { id: string }[] };
    expect(list.items.map(({ id }) => id)).toEqual([mine.id]);
  });

  it("P15 is sent a message again on the schedule of three days, then no more", async () => {
    await using receiver = await Receiver.start(answer(500, "on fire"));
    await using test = await createTestRota({ executors, webhooks: { disableAfter: "30d" } });
    const { rota } = test;
    const { id } = await rota.webhooks.create({ url: receiver.url, events: ["task.created"] });
    await rota.tasks.create({ name: "t", type: "echo" });
    const delays = [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24];
    for (const [index, hours] of delays.entries()) {
      const [pending] = await noted(rota, id, index + 1);
      const nextMs = Date.parse(pending?.nextAttemptAt ?? "");
      const waitMs = nextMs - Date.parse(pending?.attempts.at(-1)?.at ?? "");
      expect(waitMs).toBeGreaterThanOrEqual(hours * hour);
      expect(waitMs).toBeLessThanOrEqual(hours * hour * 1.1 + 1);
      await test.advance(nextMs - test.clock.now() - 1);
      expect(receiver.received, `not before ${hours} h`).toHaveLength(index + 1);
      await test.advance(1);
      await receiver.until(index + 2);
    }
    const [delivery] = await noted(rota, id, 10);
    expect(delivery).toMatchObject({ status: "failed" });
    expect(delivery?.attempts.at(-1)).toMatchObject({ statusCode: 500, excerpt: "on fire" });
    await test.advance(100 * hour);
    expect(receiver.received).toHaveLength(10);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    receiver.behave = answer(200);
    await rota.webhooks.redeliver({ id, deliveryId: delivery?.id ?? "" });
    await receiver.until(11);
    const [again] = await noted(rota, id, 11);
    expect(again).toMatchObject({ id: delivery?.id, status: "delivered" });
    expect((await rota.webhooks.get({ id })).failingSince).toBeUndefined();
  });

  it("that fails for three days is disabled, tells of it, and can be woken", async () => {
    await using receiver = await Receiver.start(answer(404));
    await using test = await createTestRota({ executors });
    const { rota } = test;
    const { id } = await rota.webhooks.create({ url: receiver.url, events: ["task.created"] });
    const heard: string[] = [];
    rota.on("webhook.disabled", ({ data }) => void heard.push(JSON.stringify(data)));
    await rota.tasks.create({ name: "t", type: "echo" });
    for (let tries = 1; tries < 10; tries++) {
      await noted(rota, id, tries);
      await test.advance(27 * hour);
      await receiver.until(tries + 1);
    }
    await noted(rota, id, 4);
    expect(await rota.webhooks.get({ id })).toMatchObject({ status: "disabled" });
    expect(heard).toEqual([
      JSON.stringify({ webhookId: id, reason: "every message has failed for too long" }),
    ]);
    const before = receiver.received.length;
    receiver.behave = answer(200);
    await rota.tasks.create({ name: "missed", type: "echo" });
    await test.advance(hour);
    expect(await rota.webhooks.update({ id, status: "active" })).toMatchObject({ status: "active" });
    await rota.tasks.create({ name: "told", type: "echo" });
    await test.advance(1);
    const all = await receiver.until(before + 1);
    expect(all.at(-1)?.message.data["task"]).toMatchObject({ name: "told" });
  });

  it("that answers 410 is disabled at once, and one that asks for time gets it", async () => {
    await using receiver = await Receiver.start(answer(429, "", { "retry-after": "7200" }));
    await using test = await createTestRota({ executors });
    const { rota } = test;
    const { id } = await rota.webhooks.create({ url: receiver.url, events: ["task.created"] });
    await rota.tasks.create({ name: "t", type: "echo" });
    await noted(rota, id, 1);
    await test.advance(2 * hour - 1000);
    expect(receiver.received).toHaveLength(1);
    receiver.behave = answer(410);
    await test.advance(2000);
    await noted(rota, id, 2);
    expect(await rota.webhooks.get({ id })).toMatchObject({
      status: "disabled",
      disabledReason: "the endpoint answered 410 Gone",
    });
  });

  it.each<[string, Behaviour, object]>([
    ["redirects", answer(302, "", { location: "http://169.254.169.254/" }), { statusCode: 302 }],
    [
      "resets the connection",
      ({ response }) => response.socket?.resetAndDestroy(),
      { error: expect.stringContaining("cannot be reached") as string },
    ],
    [
      "answers with a flood",
      answer(500, "x".repeat(5_000_000)),
      { statusCode: 500, excerpt: "x".repeat(1000) },
    ],
    ["answers with control characters", answer(500, "a\u0000b"), { statusCode: 500, excerpt: "a\ufffdb" }],
    [
      "breaks off in the body",
      ({ response }) => {
        response.writeHead(503, { "content-length": "100" });
        response.write("half", () => response.socket?.destroy());
      },
      { statusCode: 503 },
    ],
  ])("that %s is tried again, and its log says why", async (_, behave, logged) => {
    await using receiver = await Receiver.start((received, n) =>
      (n === 1 ? behave : answer(200))(received, n),
    );
    await using rota = await createRota({
      database: "memory:",
      executors,
      webhooks: { retryDelays: ["1ms"] },
    });
    const { id } = await rota.webhooks.create({ url: receiver.url, events: ["task.created"] });
    await rota.tasks.create({ name: "t", type: "echo" });
    await receiver.until(2);
    const [delivery] = await noted(rota, id, 2);
    expect(delivery).toMatchObject({ status: "delivered", attempts: [logged, { statusCode: 200 }] });
  });

  it("that does not answer is given up after its time, and one whose body does not come has answered", async () => {
    const hanging = Promise.withResolvers<void>();
    await using receiver = await Receiver.start(({ response }, n) => {
      if (n === 1) hanging.resolve();
      else {
        response.writeHead(200);
        response.write("slowly");
      }
    });
    await using test = await createTestRota({ executors });
    const { rota } = test;
    const { id } = await rota.webhooks.create({ url: receiver.url, events: ["task.created"] });
    await rota.tasks.create({ name: "t", type: "echo" });
    await hanging.promise;
    await test.advance(15_000);
    const [silent] = await noted(rota, id, 1);
    expect(silent).toMatchObject({ status: "pending", attempts: [{ error: "no answer within 15000 ms" }] });
    await test.advance(6000);
    await receiver.until(2);
    while ((await rota.webhooks.deliveries({ id })).items[0]?.status !== "delivered") await test.advance(100);
    const [slow] = await noted(rota, id, 2);
    expect(slow?.attempts[1]).toMatchObject({ statusCode: 200 });
  });

  it("that is slow or down holds up nobody else, and gets no more at once than it may", async () => {
    const held: (() => void)[] = [];
    await using slow = await Receiver.start(({ response }) => {
      held.push(() => void response.end());
    });
    await using quick = await Receiver.start();
    await using rota = await inMemory();
    await rota.webhooks.create({ url: slow.url, events: ["task.created"], concurrency: 2 });
    await rota.webhooks.create({ url: "http://127.0.0.1:9/", events: ["task.created"] });
    await rota.webhooks.create({ url: quick.url, events: ["task.created"] });
    for (let n = 0; n < 30; n++) await rota.tasks.create({ name: `t${n}`, type: "echo" });
    const all = await quick.until(30);
    expect(all.map(({ message }) => (message.data["task"] as { name: string }).name)).toEqual(
      Array.from({ length: 30 }, (_, n) => `t${n}`),
    );
    expect(slow.received).toHaveLength(2);
    held.shift()?.();
    await slow.until(3);
    for (let told = 3; told < 30; told++) {
      held.shift()?.();
      await slow.until(told + 1);
    }
    while (held.length > 0) held.shift()?.();
  });

  it("cannot be made to call what Rota must not call", async () => {
    await using receiver = await Receiver.start();
    await using rota = await createRota({
      database: "memory:",
      executors,
      outbound: { allowPrivate: false },
    });
    for (const url of [receiver.url, "http://169.254.169.254/latest/meta-data/", "http://[::1]:1/"]) {
      const { id } = await rota.webhooks.create({ url, events: ["*"] });
      const sent = await rota.webhooks.test({ id });
      expect(sent).toMatchObject({
        status: "failed",
        attempts: [{ error: expect.stringContaining("refused") as string }],
      });
    }
    expect(receiver.received).toEqual([]);
    for (const url of ["ftp://a/", "http://user:pw@a.example/", "//a", "javascript:alert(1)"])
      await expect(rota.webhooks.create({ url, events: ["*"] })).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
      });
    await expect(rota.webhooks.create({ url: "http://a/", events: ["run.compleeted"] })).rejects.toThrow(
      'did you mean "run.completed"?',
    );
  });

  it("signs with both secrets while one replaces the other", async () => {
    await using receiver = await Receiver.start();
    await using rota = await inMemory();
    const { id, secret: old } = await rota.webhooks.create({ url: receiver.url, events: ["*"] });
    const { secret } = await rota.webhooks.rotateSecret({ id });
    await rota.webhooks.test({ id });
    const [first] = await receiver.until(1);
    for (const each of [old, secret]) new Webhook(each).verify(first?.body ?? "", first?.headers ?? {});
    const { secret: newest } = await rota.webhooks.rotateSecret({ id, keepOldFor: 0 });
    expect(await rota.webhooks.test({ id })).toMatchObject({ type: "webhook.test", status: "delivered" });
    const [, second] = await receiver.until(2);
    const verify = (each: string) => () =>
      new Webhook(each).verify(second?.body ?? "", second?.headers ?? {});
    expect(verify(newest)).not.toThrow();
    expect(verify(old)).toThrow("No matching signature");
    expect(verify(secret)).toThrow("No matching signature");
  });

  it("is passed by while it is paused, and leaves nothing when it is deleted", async () => {
    await using receiver = await Receiver.start();
    await using rota = await inMemory();
    const { id } = await rota.webhooks.create({ url: receiver.url, events: ["task.created"] });
    await rota.webhooks.update({ id, status: "paused" });
    await rota.tasks.create({ name: "missed", type: "echo" });
    await rota.webhooks.update({ id, status: "active", description: "d" });
    await rota.tasks.create({ name: "told", type: "echo" });
    const [first] = await receiver.until(1);
    expect(first?.message.data["task"]).toMatchObject({ name: "told" });
    await noted(rota, id, 1);
    expect(await rota.webhooks.update({ id, description: null })).not.toHaveProperty("description");
    await rota.webhooks.delete({ id });
    await expect(rota.webhooks.deliveries({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(rota.webhooks.delete({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("gets a large run without its large fields", async () => {
    await using receiver = await Receiver.start();
    await using rota = await createRota({
      database: "memory:",
      executors: [defineExecutor({ type: "large", run: () => "x".repeat(200_000) })],
    });
    await rota.webhooks.create({ url: receiver.url, events: ["run.completed"] });
    const runId = await runOnce(rota, "large");
    const [first] = await receiver.until(1);
    expect(first?.body.length).toBeLessThan(65_536);
    expect(first?.message.data).toMatchObject({ truncated: true, run: { id: runId, status: "completed" } });
    expect(first?.message.data["run"]).not.toHaveProperty("result");
  });
});
