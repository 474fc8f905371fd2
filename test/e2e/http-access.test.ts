// Who may ask what: every route of the catalogue, by every kind of caller (F.7), and the pages beside them.
import { describe, expect, it } from "vitest";
import { catalogue, operations } from "../../src/contract/catalogue.ts";
import type { Operation } from "../../src/contract/operation.ts";
import { reachOf, type Reach } from "../../src/contract/reach.ts";
import { roles } from "../../src/domain/role.ts";
import { GuardedRota, type Told } from "./guarded-rota.ts";

const task = { name: "report", type: "echo" };
/** Bodies without which a request would not get as far as the thing it names. */
const bodies: Readonly<Record<string, unknown>> = {
  "tasks.create": task,
  "tasks.createMany": { items: [task] },
  "tasks.upsert": task,
  "tasks.update": { name: "mine now" },
  "tasks.revert": { revision: 1 },
  "tasks.triggerMany": { items: [{}] },
  "backfills.create": { from: "2026-01-01T00:00:00Z" },
  "runs.signal": { name: "go" },
  "runs.answer": { answer: 1 },
  "schedules.preview": { trigger: { kind: "manual" } },
  "schedules.simulate": { trigger: { kind: "manual" } },
  "keys.create": { name: "another" },
};

interface Ids {
  readonly task: string;
  readonly run: string;
  readonly key: string;
  readonly backfill: string;
  readonly error: string;
}
const unknown: Ids = {
  task: "task_nope",
  run: "run_nope",
  key: "key_nope",
  backfill: "backfill_nope",
  error: "0123456789abcdef",
};

async function ask(
  rota: GuardedRota,
  operation: Operation,
  given: { key?: string; ids?: Ids },
): Promise<Told> {
  const { name, method, path } = operation;
  const { ids = unknown, ...credentials } = given;
  const ofNoun: Readonly<Record<string, string>> = { runs: ids.run, keys: ids.key, backfills: ids.backfill };
  const fields: Readonly<Record<string, string>> = {
    id: ofNoun[name.split(".")[0] ?? ""] ?? ids.task,
    taskId: ids.task,
    fingerprint: ids.error,
    revision: "1",
  };
  const query = name === "backfills.preview" ? "?from=2026-01-01T00:00:00Z" : "";
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, field: string) => fields[field] ?? "echo") + query;
  const body = method === "GET" || method === "DELETE" ? undefined : (bodies[name] ?? {});
  return rota.ask(`${method} ${filled}`, { ...credentials, body });
}

/** A backfill of one run, which has ended. */
async function backfillOf(rota: GuardedRota, key: string): Promise<string> {
  const made = await rota.ask("POST /api/v1/tasks", {
    key,
    body: { ...task, trigger: { kind: "cron", expression: "0 0 1 1 *" } },
  });
  const taskId = String(made.body["id"]);
  const body = { from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" };
  const { id } = (await rota.ask(`POST /api/v1/tasks/${taskId}/backfills`, { key, body })).body;
  const backfill = () => rota.ask(`GET /api/v1/backfills/${String(id)}`, { key });
  while ((await backfill()).body["status"] === "running");
  return String(id);
}

/** The fingerprint of a run that failed. */
async function errorOf(rota: GuardedRota, key: string): Promise<string> {
  const unreachable = {
    name: "ping",
    type: "http",
    params: { url: "http://127.0.0.1:9/" },
    retry: { maxAttempts: 1 },
  };
  const made = await rota.ask("POST /api/v1/tasks", { key, body: unreachable });
  await rota.ask(`POST /api/v1/tasks/${String(made.body["id"])}/trigger?wait=20s`, { key });
  const [group] = (await rota.rota.errors.list()).items;
  return group?.fingerprint ?? "";
}

describe("a server that needs keys", () => {
  it("F.7 P16 refuses every route without a key, or with one that is wrong, mistyped, revoked or expired", async () => {
    await using rota = await GuardedRota.start({ refusalsPerMinute: 10_000 });
    const right = await rota.key({ role: "admin" });
    const stranger = await GuardedRota.start();
    const wrong = await stranger.key({ role: "admin" });
    await stranger[Symbol.asyncDispose]();
    const revoked = await rota.rota.keys.create({ name: "old", role: "admin" });
    await rota.rota.keys.revoke({ id: revoked.id });
    const expired = await rota.key({ role: "admin", expiresIn: 1 });
    const callers: Readonly<Record<string, string | undefined>> = {
      none: undefined,
      wrong,
      mistyped: `${right.slice(0, -1)}${right.endsWith("0") ? "1" : "0"}`,
      foreign: "sk-1234567890",
      revoked: revoked.key,
      expired,
    };
    for (const operation of operations) {
      for (const [caller, key] of Object.entries(callers)) {
        const answer = await ask(rota, operation, key === undefined ? {} : { key });
        const refused = { status: 401, body: { code: "UNAUTHENTICATED" } };
        expect(answer, `${operation.name} with ${caller} key`).toMatchObject(refused);
      }
    }
    expect((await rota.ask("GET /api/v1/tasks", { key: right })).status).toBe(200);
    expect(rota.faults).toEqual([]);
  });

  it("says what is wrong with a key, and how to show one", async () => {
    await using rota = await GuardedRota.start();
    const key = await rota.key();
    const none = await rota.ask("GET /api/v1/tasks");
    expect(none.headers.get("www-authenticate")).toBe("Bearer");
    expect(none.body["detail"]).toContain("Authorization: Bearer");
    const mistyped = await rota.ask("GET /api/v1/tasks", { key: `${key.slice(0, 20)}x${key.slice(21)}` });
    expect(mistyped.body["detail"]).toContain("mistyped");
    const basic = await rota.ask("GET /api/v1/tasks", { headers: { authorization: "Basic YTpi" } });
    expect(basic.body["detail"]).toContain("Bearer <API key>");
    for (const path of ["/api/v1/tasks?key=", "/api/v1/tasks?access_token="] as const)
      expect((await rota.ask(`GET ${path}${key}`)).status, "a key in the query is none").toBe(401);
  });

  it("P16 lets each role do on every route what the catalogue says, and nothing else", async () => {
    await using rota = await GuardedRota.start();
    for (const role of roles) {
      const key = await rota.key({ role });
      for (const operation of operations) {
        const { status } = await ask(rota, operation, { key });
        const isEnough = roles.indexOf(role) >= roles.indexOf(operation.permission);
        expect(status === 403, `${operation.name} as ${role} answered ${status}`).toBe(!isEnough);
        expect(status, operation.name).toBeLessThan(500);
        expect(status, operation.name).not.toBe(401);
      }
    }
  });

  it("F.7 gives a key bound to a user its own things on every route, and what is another's is not there", async () => {
    await using rota = await GuardedRota.start();
    const ann = await rota.key({ role: "admin", userId: "ann" });
    const bob = await rota.key({ role: "admin", userId: "bob" });
    const made = await rota.ask("POST /api/v1/tasks", { key: ann, body: task });
    expect(made).toMatchObject({ status: 201, body: { userId: "ann" } });
    const taskId = String(made.body["id"]);
    const run = await rota.ask(`POST /api/v1/tasks/${taskId}/trigger?wait=20s`, { key: ann });
    const keys = await rota.rota.keys.list();
    const ids = {
      task: taskId,
      run: String(run.body["id"]),
      key: keys.items[0]?.id ?? "",
      backfill: await backfillOf(rota, ann),
      error: await errorOf(rota, ann),
    };
    const reaching = (reach: Reach) => operations.filter(({ name }) => reachOf[name] === reach);
    for (const operation of reaching("installation"))
      expect((await ask(rota, operation, { key: bob, ids })).status, operation.name).toBe(403);
    const named = reaching("own").filter(({ path }) => /\{(?:id|taskId|fingerprint|userId)\}/.test(path));
    expect(named.length).toBeGreaterThan(30);
    for (const operation of named) {
      const foreign = await ask(rota, operation, { key: bob, ids });
      const missing = await ask(rota, operation, { key: bob });
      expect(foreign, operation.name).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
      expect(Object.keys(foreign.body), operation.name).toEqual(Object.keys(missing.body));
    }
    const others = operations.filter(({ name }) => reachOf[name] !== "installation");
    for (const operation of others.filter((one) => !named.includes(one))) {
      const { status, body } = await ask(rota, operation, { key: bob, ids });
      expect(status, operation.name).toBeLessThan(300);
      expect(JSON.stringify(body), operation.name).not.toMatch(/ann|mine now/);
    }
    const elsewhere = { ...task, userId: "ann" };
    expect((await rota.ask("POST /api/v1/tasks", { key: bob, body: elsewhere })).status).toBe(403);
    expect((await rota.ask("GET /api/v1/users/ann/tasks", { key: bob })).status).toBe(404);
    expect((await rota.ask("GET /api/v1/tasks?userId=ann", { key: bob })).status).toBe(404);
    expect((await rota.ask(`GET /api/v1/runs?taskId=${taskId}`, { key: bob })).body["items"]).toEqual([]);
    expect((await rota.ask("GET /api/v1/stats", { key: ann })).body).toMatchObject({
      tasks: { total: 3 },
      runs: { total: 3 },
    });
    expect(await rota.ask(`GET /api/v1/tasks/${taskId}`, { key: ann })).toMatchObject({
      body: { name: "report", status: "active" },
    });
  });

  it("holds a key to its scopes, and to making keys with no more", async () => {
    await using rota = await GuardedRota.start();
    const key = await rota.key({ role: "admin", scopes: ["tasks.*", "*.list", "keys.create"] });
    for (const operation of operations) {
      const [noun = "", verb = ""] = operation.name.split(".");
      const isMeant = noun === "tasks" || verb === "list" || operation.name === "keys.create";
      // Made without scopes of its own, which a key with scopes may not.
      const isRefused = !isMeant || operation.name === "keys.create";
      const { status } = await ask(rota, operation, { key });
      expect(status === 403, `${operation.name} answered ${status}`).toBe(isRefused);
    }
    const make = (scopes: readonly string[]) =>
      rota.ask("POST /api/v1/keys", { key, body: { name: "less", scopes } });
    expect((await make(["tasks.get", "runs.list"])).status).toBe(201);
    expect((await make(["tasks.get", "runs.get"])).status).toBe(403);
    expect((await make(["*"])).status).toBe(403);
    expect(await make(["taks.*"])).toMatchObject({ status: 400, body: { code: "VALIDATION_FAILED" } });
  });

  it("S0.36 shows its documentation and its health to everybody, and no other path", async () => {
    await using rota = await GuardedRota.start();
    for (const path of ["/docs", "/docs/json", "/openapi.json", "/healthz", "/readyz"])
      expect((await rota.ask(`GET ${path}`)).status, path).toBe(200);
    for (const path of ["/", "/metrics", "/api/v1/events", "/api/v1/nope", "/api/v1/tasks/"])
      expect((await rota.ask(`GET ${path}`)).status, path).toBe(401);
    expect((await rota.ask("PUT /api/v1/tasks", { body: {} })).status).toBe(401);
    const key = await rota.key();
    expect((await rota.ask("GET /api/v1/nope", { key })).status).toBe(404);
    expect((await rota.ask("PUT /api/v1/tasks", { key, body: {} })).status).toBe(405);
  });

  it("shows a key once, and afterwards only how it begins", async () => {
    await using rota = await GuardedRota.start();
    const key = await rota.key({ role: "admin" });
    const made = await rota.ask("POST /api/v1/keys", { key, body: { name: "ci", expiresIn: "90d" } });
    expect(made).toMatchObject({ status: 201, body: { name: "ci", role: "operator", status: "active" } });
    expect(catalogue["keys.create"].output.parse(made.body)).toEqual(made.body);
    const secret = String(made.body["key"]);
    const { id, shown } = made.body as { readonly id: string; readonly shown: string };
    expect(made.headers.get("location")).toBe(`/api/v1/keys/${id}`);
    expect(secret.startsWith(shown.slice(0, -1))).toBe(true);
    await rota.ask("GET /api/v1/tasks", { key: secret });
    for (const path of ["/api/v1/keys", `/api/v1/keys/${id}`, "/api/v1/audit"] as const) {
      const text = JSON.stringify((await rota.ask(`GET ${path}`, { key })).body);
      expect(text).not.toContain(secret.slice(15));
    }
    const read = await rota.ask(`GET /api/v1/keys/${id}`, { key });
    expect(read.body).toMatchObject({
      id,
      shown,
      createdBy: "key:test",
      lastUsedAt: expect.any(String) as string,
    });
    expect(await rota.ask(`DELETE /api/v1/keys/${id}`, { key })).toMatchObject({
      status: 200,
      body: { status: "revoked", revokedBy: "key:test" },
    });
    expect((await rota.ask("GET /api/v1/tasks", { key: secret })).body["detail"]).toContain("revoked");
  });
});

describe("a server that is open to its own machine", () => {
  it("needs no key, but looks at one that is shown", async () => {
    await using rota = await GuardedRota.start({ isOpen: true });
    expect((await rota.ask("POST /api/v1/tasks", { body: task })).status).toBe(201);
    const viewer = await rota.key({ role: "viewer" });
    expect((await rota.ask("POST /api/v1/tasks", { key: viewer, body: task })).status).toBe(403);
    expect((await rota.ask("GET /api/v1/tasks", { key: "rota_wrong" })).status).toBe(401);
  });

  it("asks for a key where a proxy speaks for somebody else", async () => {
    await using rota = await GuardedRota.start({ isOpen: true });
    for (const name of ["x-forwarded-for", "forwarded", "x-real-ip"]) {
      const headers = { [name]: "203.0.113.7" };
      expect((await rota.ask("GET /api/v1/tasks", { headers })).status, name).toBe(401);
    }
    const key = await rota.key();
    const headers = { "x-forwarded-for": "203.0.113.7" };
    expect((await rota.ask("GET /api/v1/tasks", { key, headers })).status).toBe(200);
  });
});
