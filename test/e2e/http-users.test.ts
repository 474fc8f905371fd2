// Callers that are bound to a user: they see and touch only what is theirs (C25).
import { describe, expect, it } from "vitest";
import { operations } from "../../src/contract/catalogue.ts";
import { reachOf } from "../../src/contract/reach.ts";
import { HttpRota } from "./http-rota.ts";

const echo = { name: "report", type: "echo", params: { text: "x" } };

describe("a caller bound to a user", () => {
  it("makes and finds only its own things", async () => {
    await using rota = await HttpRota.start();
    const mine = await rota.askAs("ann", "POST /api/v1/tasks", echo);
    expect(mine).toMatchObject({ status: 201, body: { userId: "ann" } });
    await rota.askAs("bob", "POST /api/v1/tasks", echo);
    await rota.task({ ...echo, name: "nobody's" });
    const foreign = await rota.askAs("ann", "POST /api/v1/tasks", { ...echo, userId: "bob" });
    expect(foreign).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });

    const run = await rota.askAs("ann", `POST /api/v1/tasks/${String(mine.body["id"])}/trigger?wait=20s`);
    expect(run).toMatchObject({ status: 201, body: { userId: "ann", startedBy: { actor: "ann" } } });
    for (const path of ["/api/v1/tasks", "/api/v1/users/ann/tasks", "/api/v1/tasks?userId=ann"]) {
      expect((await rota.askAs("ann", `GET ${path}`)).body["items"]).toMatchObject([{ userId: "ann" }]);
    }
    expect((await rota.askAs("ann", "GET /api/v1/runs")).body["items"]).toMatchObject([
      { id: run.body["id"] },
    ]);
    expect((await rota.askAs("bob", "GET /api/v1/runs")).body["items"]).toEqual([]);
    expect((await rota.askAs("bob", "GET /api/v1/users/ann/tasks")).status).toBe(404);
    expect(await rota.askAs("ann", "GET /api/v1/stats")).toMatchObject({
      body: { tasks: { total: 1 }, runs: { total: 1 } },
    });
  });

  it("F.7 gets for the ids of another user, on every route, the very answer of ids that do not exist", async () => {
    await using rota = await HttpRota.start();
    const taskId = String((await rota.askAs("ann", "POST /api/v1/tasks", echo)).body["id"]);
    const runId = String(
      (await rota.askAs("ann", `POST /api/v1/tasks/${taskId}/trigger?wait=20s`)).body["id"],
    );
    const from = "2026-01-01T00:00:00Z";
    const hourly = { kind: "interval", every: "1h" };
    const filled = await rota.askAs("ann", "POST /api/v1/tasks", { ...echo, trigger: hourly });
    const backfill = await rota.askAs("ann", `POST /api/v1/tasks/${String(filled.body["id"])}/backfills`, {
      from,
      to: "2026-01-01T03:00:00Z",
    });
    const failing = await rota.askAs("ann", "POST /api/v1/tasks", { name: "x", type: "throws" });
    await rota.askAs("ann", `POST /api/v1/tasks/${String(failing.body["id"])}/trigger?wait=20s`);
    const errors = await rota.askAs("ann", "GET /api/v1/errors");
    const [group] = errors.body["items"] as readonly Readonly<Record<string, unknown>>[];
    const known: Readonly<Record<string, readonly [own: string, unknown: string]>> = {
      tasks: [taskId, "task_nope"],
      runs: [runId, "run_nope"],
      backfills: [String(backfill.body["id"]), "backfill_nope"],
      errors: [String(group?.["fingerprint"]), "0123456789abcdef"],
    };
    const routes = operations.filter(
      ({ name, path }) => reachOf[name] === "own" && /\{(?:id|taskId|fingerprint)\}/.test(path),
    );
    expect(routes.length).toBeGreaterThan(30);
    const bodies: Readonly<Record<string, unknown>> = {
      "runs.signal": { name: "go" },
      "runs.answer": { answer: 1 },
      "tasks.update": { name: "mine now" },
      "tasks.revert": { revision: 1 },
      "tasks.triggerMany": { items: [{}] },
      "backfills.create": { from },
    };
    for (const { name, method, path } of routes) {
      const body = method === "GET" || method === "DELETE" ? undefined : (bodies[name] ?? {});
      const [own = "", unknownId = ""] = known[path.split("/")[3] ?? ""] ?? [];
      const query = name === "backfills.preview" ? `?from=${from}` : "";
      const ask = (id: string) => {
        const place = path.replace("{revision}", "1").replace(/\{\w+\}/, id);
        return rota.askAs("bob", `${method} ${place}${query}`, body);
      };
      const foreign = await ask(own);
      const unknown = await ask(unknownId);
      expect(foreign, `${name} of another user`).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
      expect(Object.keys(foreign.body)).toEqual(Object.keys(unknown.body));
    }
    for (const id of [taskId, "task_nope"]) {
      const waiting = await rota.askAs("bob", "POST /api/v1/tasks", { ...echo, dependsOn: [id] });
      expect(waiting).toMatchObject({
        status: 422,
        body: {
          code: "DEPENDENCY_NOT_FOUND",
          details: { issues: [{ path: "dependsOn.0", code: "NOT_FOUND", message: `task ${id} not found` }] },
        },
      });
    }
    expect(await rota.askAs("ann", `GET /api/v1/tasks/${taskId}`)).toMatchObject({
      body: { name: "report", status: "active" },
    });
  });

  it("is refused what its role does not reach", async () => {
    await using rota = await HttpRota.start();
    const refused = {
      status: 403,
      body: { code: "FORBIDDEN", details: { permission: "admin", role: "operator" } },
    };
    expect(await rota.askAs("ann", "POST /api/v1/maintenance/cleanup", {})).toMatchObject(refused);
    expect(await rota.askAs("ann", "PUT /api/v1/queues/default", { concurrency: 1 })).toMatchObject(refused);
  });
});
