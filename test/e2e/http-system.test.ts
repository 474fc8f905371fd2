// Executors, queues, workers, schedules and statistics over REST.
import { describe, expect, it } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { HttpRota } from "./http-rota.ts";

describe("the installation", () => {
  it("S2.15 lists its executors with version and schema", async () => {
    await using rota = await HttpRota.start();
    const { body } = await rota.ask("GET", "/api/v1/executors");
    const types = (body["items"] as readonly { readonly type: string }[]).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(["http", "echo"]));
    expect(await rota.ask("GET", "/api/v1/executors/echo")).toMatchObject({
      body: {
        type: "echo",
        version: "7",
        isolation: "inline",
        liveWorkers: 1,
        paramsSchema: { properties: { text: { type: "string" } } },
      },
    });
    expect(await rota.ask("GET", "/api/v1/executors/nope")).toMatchObject({
      status: 404,
      body: { code: "NOT_FOUND" },
    });
  });

  it("has queues with limits, which can be paused", async () => {
    await using rota = await HttpRota.start();
    const limits = { concurrency: 2, rateLimit: { limit: 10, per: "1m" } };
    expect(await rota.ask("PUT", "/api/v1/queues/mail", limits)).toMatchObject({
      status: 200,
      body: { name: "mail", ...limits, paused: false },
    });
    const id = await rota.task({ type: "echo", params: { text: "x" }, queue: "mail" });
    expect(await rota.ask("POST", "/api/v1/queues/mail/pause", { reason: "provider down" })).toMatchObject({
      body: { paused: true, pausedBy: { reason: "provider down", mode: "pause" } },
    });
    const run = await rota.ask("POST", `/api/v1/tasks/${id}/trigger?wait=100ms`);
    expect(run.body).toMatchObject({ status: "pending" });
    expect((await rota.ask("GET", "/api/v1/queues/mail/explain")).status).toBe(200);
    expect(await rota.ask("POST", "/api/v1/queues/mail/resume")).toMatchObject({ body: { paused: false } });
    await rota.runUntil(String(run.body["id"]), ["completed"]);
    expect((await rota.ask("GET", "/api/v1/queues")).body["items"]).toContainEqual(
      expect.objectContaining({ name: "mail" }),
    );
    expect((await rota.ask("POST", "/api/v1/queues/nope/pause")).status).toBe(404);
  });

  it("S1.75 S1.77 C32 counts tasks and runs in every state", async () => {
    await using rota = await HttpRota.start();
    await rota.run(await rota.task({ type: "echo", params: { text: "x" } }));
    await rota.run(await rota.task({ type: "throws" }));
    const scheduled = await rota.task({
      type: "echo",
      params: { text: "x" },
      trigger: { kind: "interval", every: "1h" },
    });
    await rota.task({
      type: "echo",
      params: { text: "x" },
      trigger: { kind: "interval", every: "1h" },
      status: "paused",
    });
    const { body: task } = await rota.ask("GET", `/api/v1/tasks/${scheduled}`);
    const { body } = await rota.ask("GET", "/api/v1/stats");
    expect(body).toMatchObject({
      runs: { total: 2, completed: 1, failed: 1, retrying: 0, timed_out: 0, pending: 0 },
      tasks: { total: 4, paused: 1 },
      schedules: { totalScheduledTasks: 2, enabledTasks: 1, disabledTasks: 1, totalRuns: 0, upcomingRuns: 1 },
    });
    const { nextRun } = body["schedules"] as { readonly nextRun: string };
    expect(Date.parse(nextRun)).toBe(Date.parse(String(task["nextFireAt"])));
  });

  it("tells its workers and limits, and cleans up when asked", async () => {
    await using rota = await HttpRota.start();
    expect(await rota.ask("GET", "/api/v1/workers")).toMatchObject({
      body: { items: [{ status: "live", concurrency: 50 }], nextCursor: null },
    });
    expect(await rota.ask("GET", "/api/v1/limits")).toMatchObject({
      body: { paramsBytes: 1_048_576, bulkItems: 1000 },
    });
    expect(await rota.ask("POST", "/api/v1/maintenance/cleanup")).toMatchObject({
      status: 200,
      body: { runs: 0 },
    });
    expect(await rota.ask("GET", "/readyz")).toMatchObject({ status: 200 });
  });

  it("SEM 39 is the same through the typed client", async () => {
    await using rota = await HttpRota.start();
    const client = createClient({ baseUrl: rota.url });
    const task = await client.tasks.create({ name: "a", type: "echo", params: { text: "hi" } });
    const run = await client.tasks.trigger({ id: task.id, wait: "20s" });
    expect(run.result?.data).toEqual({ text: "hi" });
    for (let i = 0; i < 4; i++) await client.tasks.trigger({ id: task.id });
    const seen: string[] = [];
    for await (const each of client.tasks.runs({ id: task.id, limit: 2 })) seen.push(each.id);
    expect(new Set(seen).size).toBe(5);
    await expect(client.tasks.get({ id: "task_nope" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await client.tasks.delete({ id: task.id })).toBeNull();
  });
});
