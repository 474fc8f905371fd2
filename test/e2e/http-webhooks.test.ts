// Webhooks over REST and on the command line, against a real receiver.

import { describe, expect, it } from "vitest";
import { Webhook } from "standardwebhooks";
import { Receiver } from "../engine/webhook-receiver.ts";
import { Workplace } from "./cli-process.ts";
import { HttpRota } from "./http-rota.ts";

describe("webhooks", () => {
  it("P15 are made, told, looked at and deleted over REST", async () => {
    await using receiver = await Receiver.start();
    await using rota = await HttpRota.start();
    const made = await rota.ask("POST", "/api/v1/webhooks", { url: receiver.url, events: ["run.completed"] });
    const { id, secret } = made.body as { readonly id: string; readonly secret: string };
    expect(made).toMatchObject({ status: 201, body: { status: "active" } });
    expect(made.headers.get("location")).toBe(`/api/v1/webhooks/${id}`);
    const run = await rota.run(await rota.task({ type: "echo", params: { text: "hi" } }));
    const [first] = await receiver.until(1);
    expect(new Webhook(secret).verify(first?.body ?? "", first?.headers ?? {})).toMatchObject({
      type: "run.completed",
      data: { runId: run["id"], run },
    });
    const path = `/api/v1/webhooks/${id}`;
    expect(await rota.ask("POST", `${path}/test`)).toMatchObject({
      status: 200,
      body: { type: "webhook.test", status: "delivered", attempts: [{ statusCode: 204 }] },
    });
    const log = await rota.ask("GET", `${path}/deliveries?status=delivered&limit=1`);
    expect(log.body).toMatchObject({
      items: [{ type: "webhook.test" }],
      nextCursor: expect.any(String) as string,
    });
    const next = await rota.ask("GET", `${path}/deliveries?cursor=${String(log.body["nextCursor"])}`);
    const [delivery] = next.body["items"] as readonly { readonly id: string; readonly payload: string }[];
    expect(delivery).toMatchObject({ id: first?.headers["webhook-id"], payload: first?.body });
    expect((await rota.ask("POST", `${path}/deliveries/${delivery?.id ?? ""}/redeliver`)).status).toBe(200);
    const all = await receiver.until(3);
    expect(all[2]?.body).toBe(first?.body);
    expect(await rota.ask("PATCH", path, { status: "paused" })).toMatchObject({ body: { status: "paused" } });
    expect((await rota.askAs("eve", `GET ${path}`)).status).toBe(404);
    expect((await rota.ask("DELETE", path)).status).toBe(204);
    expect((await rota.ask("GET", path)).status).toBe(404);
  });

  it("P12 P15 are handled on the command line, also while no server runs", async () => {
    await using receiver = await Receiver.start();
    await using place = new Workplace();
    const made = await place.json("webhooks", "create", receiver.url, "--events", "run.*,task.created");
    expect(made).toMatchObject({ events: ["run.*", "task.created"], status: "active" });
    const sent = await place.rota("webhooks", "test", String(made["id"]));
    expect(sent.out).toContain("webhook.test");
    expect(receiver.received).toHaveLength(1);
    await place.json("tasks", "create", "later", "--type", "http", "--params", '{"url":"http://a.example"}');
    expect(receiver.received).toHaveLength(1);
    await place.serve();
    const [, told] = await receiver.until(2);
    expect(told?.message).toMatchObject({ type: "task.created", data: { task: { name: "later" } } });
    const log = await place.rota("webhooks", "deliveries", String(made["id"]));
    expect(log.out).toContain("delivered");
    const wrong = await place.rota("webhooks", "create", "http://a.example", "--events", "run.compleeted");
    expect(wrong.code).not.toBe(0);
    expect(wrong.err).toContain('did you mean "run.completed"?');
  });
});
