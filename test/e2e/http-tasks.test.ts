// Tasks over REST: made, found, changed, paused, triggered, cancelled, deleted.
import { describe, expect, it } from "vitest";
import { HttpRota } from "./http-rota.ts";

const echo = { type: "echo", params: { text: "hello" } };
const weekdays = { kind: "cron", expression: "0 9 * * 1-5", timezone: "Asia/Shanghai" };

describe("a task", () => {
  it("S0.33 S0.37 S0.42 S1.22 C1 is created with its schedule in times and words, and read back as it was said", async () => {
    await using rota = await HttpRota.start();
    const created = await rota.ask("POST", "/api/v1/tasks", {
      name: "日报",
      ...echo,
      trigger: weekdays,
      priority: "high",
      timeout: "90s",
      retry: { maxAttempts: 5, delay: 2000 },
      overlap: { policy: "queue", max: 3 },
      misfire: { policy: "all", maxAge: "2d" },
      tags: ["a"],
      metadata: { team: "x" },
    });
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe(`/api/v1/tasks/${String(created.body["id"])}`);
    expect(created.headers.get("etag")).toBe('"1"');
    expect(created.body).toMatchObject({
      id: expect.stringMatching(/^task_[0-9a-z]{26}$/) as string,
      name: "日报",
      trigger: weekdays,
      status: "active",
      revision: 1,
      queue: "default",
      priority: 8,
      timeout: "1m30s",
      retry: { maxAttempts: 5, delay: "2s", backoff: 2 },
      overlap: { policy: "queue", max: 3 },
      misfire: { policy: "all", grace: "1m", maxAge: "48h", cap: 1000 },
      dependsOn: [],
      running: 0,
      nextFireAt: expect.stringMatching(/T09:00:00\+08:00$/) as string,
      schedule: {
        times: expect.arrayContaining([]) as string[],
        description: { en: expect.any(String) as string, zh: expect.any(String) as string },
      },
    });
    const read = await rota.ask("GET", `/api/v1/tasks/${String(created.body["id"])}`);
    expect(read.body).toEqual(created.body);
  });

  it("is created together with others, or none of them is", async () => {
    await using rota = await HttpRota.start();
    const items = ["a", "b", "c"].map((name) => ({ name, ...echo, trigger: weekdays, externalId: name }));
    const created = await rota.ask("POST", "/api/v1/tasks/bulk", { items });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      tasks: items.map(({ name }) => ({ name, externalId: name, status: "active", revision: 1 })),
    });
    const again = await rota.ask("POST", "/api/v1/tasks/bulk", {
      items: [{ name: "d", ...echo }, ...items],
    });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: "ALREADY_EXISTS", details: { index: 1 } });
    const listed = await rota.ask("GET", "/api/v1/tasks");
    expect(listed.body["items"]).toHaveLength(3);
  });

  it.each([
    ["S2.28 an unknown type", { type: "ecko" }, 422, "EXECUTOR_NOT_FOUND"],
    ["S2.29 params the executor refuses", { type: "echo", params: { text: 5 } }, 422, "INVALID_PARAMETERS"],
    [
      "an impossible cron",
      { ...echo, trigger: { kind: "cron", expression: "0 0 31 2 *" } },
      422,
      "INVALID_TRIGGER",
    ],
    [
      "a moment that is over",
      { ...echo, trigger: { kind: "at", at: "2020-01-01T00:00:00Z" } },
      422,
      "IN_THE_PAST",
    ],
    ["an unknown dependency", { ...echo, dependsOn: ["task_nope"] }, 422, "DEPENDENCY_NOT_FOUND"],
    ["S0.55 an unknown field", { ...echo, tiggre: {} }, 400, "VALIDATION_FAILED"],
  ])("with %s is refused", async (...row) => {
    const [, input, status, code] = row;
    await using rota = await HttpRota.start();
    const refused = await rota.ask("POST", "/api/v1/tasks", { name: "x", ...input });
    expect(refused).toMatchObject({ status, body: { status, code } });
    expect((await rota.ask("GET", "/api/v1/tasks")).body["items"]).toEqual([]);
  });

  it("names the dependency that does not exist, by its place in the list", async () => {
    await using rota = await HttpRota.start();
    const [known, gone, own] = await Promise.all([rota.task(echo), rota.task(echo), rota.task(echo)]);
    await rota.ask("DELETE", `/api/v1/tasks/${gone}`);
    const create = { name: "x", ...echo };
    const issue = (index: number, id: string) => ({
      path: `dependsOn.${index}`,
      code: "NOT_FOUND",
      message: `task ${id} not found`,
    });
    expect(
      await rota.ask("POST", "/api/v1/tasks", { ...create, dependsOn: ["task_a", known, "task_b"] }),
    ).toMatchObject({
      status: 422,
      body: {
        code: "DEPENDENCY_NOT_FOUND",
        details: { issues: [issue(0, "task_a"), issue(2, "task_b")] },
      },
    });
    const once = { ...create, dependsOn: [known, { task: known, within: "1d" }, gone] };
    const edited = { dependsOn: [known, known, gone] };
    for (const refused of [
      await rota.ask("POST", "/api/v1/tasks", once),
      await rota.ask("PATCH", `/api/v1/tasks/${own}`, edited),
      await rota.askAs("ann", "POST /api/v1/tasks", { ...create, dependsOn: [known] }),
    ]) {
      expect(refused).toMatchObject({ status: 422, body: { code: "DEPENDENCY_NOT_FOUND" } });
    }
    expect((await rota.ask("PATCH", `/api/v1/tasks/${own}`, edited)).body["details"]).toEqual({
      issues: [issue(2, gone)],
    });
    expect(await rota.ask("PATCH", "/api/v1/tasks/task_a", { name: "y" })).toMatchObject({ status: 404 });
  });

  it("SEM 13 is changed only by who has read it", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ ...echo, description: "old", timeout: "5s" });
    const edit = { description: "new", timeout: null };
    const changed = await rota.edit(id, '"1"', edit);
    expect(changed).toMatchObject({ status: 200, body: { description: "new", revision: 2 } });
    expect(changed.body).not.toHaveProperty("timeout");
    expect(changed.headers.get("etag")).toBe('"2"');
    const stale = await rota.edit(id, '"1"', { description: "x" });
    expect(stale).toMatchObject({
      status: 412,
      body: { code: "REVISION_MISMATCH", details: { revision: 2 } },
    });
  });

  it("S1.16 C6 has an externalId that nobody else of its owner can have", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ ...echo, externalId: "report-1" });
    const second = await rota.ask("POST", "/api/v1/tasks", { name: "x", ...echo, externalId: "report-1" });
    expect(second).toMatchObject({ status: 409, body: { code: "ALREADY_EXISTS", details: { id } } });
  });

  it("S0.38 S0.39 S0.41 C10 starts nothing while it is paused, but with force", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ ...echo, trigger: weekdays });
    const paused = await rota.ask("POST", `/api/v1/tasks/${id}/pause`, {
      reason: "holiday",
      resumeAt: "2099-01-01T00:00:00Z",
    });
    expect(paused.body).toMatchObject({
      status: "paused",
      pausedBy: { actor: "local", reason: "holiday", resumeAt: "2099-01-01T00:00:00.000Z" },
    });
    expect(paused.body).not.toHaveProperty("nextFireAt");
    const refused = await rota.ask("POST", `/api/v1/tasks/${id}/trigger`);
    expect(refused).toMatchObject({ status: 409, body: { code: "TASK_PAUSED" } });
    expect(await rota.run(id, { force: true })).toMatchObject({ status: "completed", taskId: id });
    expect(await rota.ask("POST", `/api/v1/tasks/${id}/resume`)).toMatchObject({
      status: 200,
      body: { status: "active" },
    });
    expect(await rota.ask("POST", `/api/v1/tasks/${id}/resume`)).toMatchObject({
      status: 409,
      body: { code: "ILLEGAL_TRANSITION" },
    });
  });

  it("S0.40 C11 is cancelled for good with its live runs, as often as one likes", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ type: "hangs" });
    const run = await rota.ask("POST", `/api/v1/tasks/${id}/trigger`);
    const runId = String(run.body["id"]);
    await rota.runUntil(runId, ["running"]);
    expect(await rota.ask("POST", `/api/v1/tasks/${id}/cancel`, { reason: "enough" })).toMatchObject({
      status: 200,
      body: { status: "cancelled" },
    });
    expect(await rota.runUntil(runId, ["cancelled"])).toMatchObject({
      cancel: { cause: "user", actor: "local", reason: "enough" },
    });
    expect((await rota.ask("POST", `/api/v1/tasks/${id}/cancel`)).status).toBe(200);
    expect((await rota.ask("POST", `/api/v1/tasks/${id}/trigger`)).status).toBe(409);
  });

  it("S1.21 SEM 18 is deleted, and its runs stay readable", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task(echo);
    const run = await rota.run(id);
    expect((await rota.ask("DELETE", `/api/v1/tasks/${id}`)).status).toBe(204);
    expect(await rota.ask("GET", `/api/v1/tasks/${id}`)).toMatchObject({
      status: 404,
      body: { code: "NOT_FOUND" },
    });
    expect((await rota.ask("GET", `/api/v1/runs/${String(run["id"])}`)).status).toBe(200);
  });

  it("S0.35 S0.44 S1.23 S1.48 is found by user, status, priority, tag and words, page by page", async () => {
    await using rota = await HttpRota.start();
    const ids: string[] = [];
    for (const name of ["first", "second", "third"])
      ids.push(await rota.task({ ...echo, name, userId: "ann", tags: [name] }));
    await rota.task({ ...echo, name: "urgent", userId: "bob", priority: "high" });
    await rota.ask("POST", `/api/v1/tasks/${ids[1] ?? ""}/pause`);
    const found = async (query: string) => {
      const { body } = await rota.ask("GET", query);
      return (body["items"] as readonly { readonly name: string }[]).map(({ name }) => name);
    };
    expect(await found("/api/v1/users/ann/tasks")).toEqual(["third", "second", "first"]);
    expect(await found("/api/v1/tasks?userId=ann&status=paused")).toEqual(["second"]);
    expect(await found("/api/v1/tasks?tag=first")).toEqual(["first"]);
    expect(await found("/api/v1/tasks?priority=high,10")).toEqual(["urgent"]);
    expect(await found("/api/v1/tasks?priority=5&status=active")).toEqual(["third", "first"]);
    expect((await rota.ask("GET", "/api/v1/tasks?priority=11")).status).toBe(400);
    expect(await found("/api/v1/tasks?q=THIR")).toEqual(["third"]);
    const page = await rota.ask("GET", "/api/v1/users/ann/tasks?limit=2");
    expect(page.body).toMatchObject({
      items: [{ name: "third" }, { name: "second" }],
      nextCursor: expect.any(String) as string,
    });
    const rest = await rota.ask(
      "GET",
      `/api/v1/users/ann/tasks?limit=2&cursor=${String(page.body["nextCursor"])}`,
    );
    expect(rest.body).toMatchObject({ items: [{ name: "first" }], nextCursor: null });
    expect(rest.body["items"]).not.toContainEqual(
      expect.objectContaining({ schedule: expect.anything() as unknown }),
    );
  });

  it("S1.49 tells its next instants and explains itself", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({
      ...echo,
      trigger: { kind: "interval", every: "1h", anchor: "2026-01-01T00:30:00Z" },
    });
    const upcoming = await rota.ask("GET", `/api/v1/tasks/${id}/upcoming?limit=3`);
    const times = (upcoming.body["items"] as readonly { readonly scheduledFor: string }[]).map(
      ({ scheduledFor }) => scheduledFor,
    );
    expect(times).toHaveLength(3);
    for (const time of times) expect(time).toMatch(/:30:00Z$/);
    const explained = await rota.ask("GET", `/api/v1/tasks/${id}/explain`);
    expect(explained.body["summary"]).toMatchObject({
      en: expect.any(String) as string,
      zh: expect.any(String) as string,
    });
  });

  it("S0.16 SEM 19 shows what was decided for its instants", async () => {
    await using rota = await HttpRota.start();
    const id = await rota.task({ ...echo, trigger: { kind: "immediate" } });
    const { body } = await rota.ask("GET", `/api/v1/tasks/${id}/runs`);
    const [run] = body["items"] as readonly { readonly id: string }[];
    await rota.runUntil(run?.id ?? "", ["completed"]);
    const occurrences = await rota.ask("GET", `/api/v1/tasks/${id}/occurrences`);
    expect(occurrences.body).toMatchObject({
      items: [{ taskId: id, decision: "started", runId: run?.id }],
      nextCursor: null,
    });
  });
});
