// The audit over REST: every call that changes something, with who, what and what came of it, and no payload.
import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { operations } from "../../src/contract/catalogue.ts";
import { RotaError } from "../../src/domain/errors.ts";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import { GuardedRota } from "./guarded-rota.ts";

const task = { name: "report", type: "echo", params: { password: "canary-7f3a" } };

async function audit(rota: GuardedRota, query = "") {
  const { items } = (await rota.ask(`GET /api/v1/audit${query}`, { key: await rota.key({ role: "admin" }) }))
    .body;
  return items as readonly Readonly<Record<string, string>>[];
}

describe("the audit", () => {
  it("P16 tells who did what to which thing, when, from where, and what came of it", async () => {
    await using rota = await GuardedRota.start();
    const key = await rota.key({ role: "operator", userId: "ann" });
    const headers = { "x-request-id": "r-1" };
    const made = await rota.ask("POST /api/v1/tasks", { key, body: task, headers });
    const id = String(made.body["id"]);
    await rota.ask(`POST /api/v1/tasks/${id}/pause`, { key, body: { reason: "canary-9c1b" } });
    await rota.ask(`POST /api/v1/tasks/${id}/trigger`, { key });
    await rota.ask("POST /api/v1/maintenance/cleanup", { key });
    await rota.ask("POST /api/v1/tasks", { key, body: { name: "x", canary: 1 } });
    await rota.ask(`GET /api/v1/tasks/${id}`, { key });
    const rows = await audit(rota);
    expect(rows.map(({ operation, target, outcome }) => [operation, target, outcome])).toEqual([
      ["tasks.create", undefined, "VALIDATION_FAILED"],
      ["maintenance.cleanup", undefined, "FORBIDDEN"],
      ["tasks.trigger", id, "TASK_PAUSED"],
      ["tasks.pause", id, "ok"],
      ["tasks.create", id, "ok"],
    ]);
    const keyId = (await rota.rota.keys.list()).items.find(({ userId }) => userId === "ann")?.id;
    expect(rows.at(-1)).toMatchObject({ actor: "ann", keyId, requestId: "r-1", address: "127.0.0.1" });
    expect(JSON.stringify(rows)).not.toContain("canary");
  });

  it("is found by actor, operation, target, outcome and time", async () => {
    await using rota = await GuardedRota.start();
    const [ann, bob] = [await rota.key({ userId: "ann" }), await rota.key({ userId: "bob" })];
    const made = await rota.ask("POST /api/v1/tasks", { key: ann, body: task });
    await rota.ask(`POST /api/v1/tasks/${String(made.body["id"])}/pause`, { key: bob });
    const count = async (query: string) => (await audit(rota, query)).length;
    expect(await count("?actor=bob")).toBe(1);
    expect(await count("?outcome=NOT_FOUND&operation=tasks.pause")).toBe(1);
    expect(await count(`?target=${String(made.body["id"])}`)).toBe(2);
    expect(await count("?until=2020-01-01T00:00:00Z")).toBe(0);
    expect(await count("?from=2020-01-01T00:00:00Z&limit=1")).toBe(1);
  });

  it("has a row for every operation that changes something, and for none that reads", async () => {
    await using rota = await GuardedRota.start();
    const key = await rota.key({ role: "admin" });
    const bodies: Readonly<Record<string, unknown>> = {
      "runs.signal": { name: "go" },
      "runs.answer": { answer: 1 },
      "schedules.preview": { trigger: { kind: "manual" } },
      "schedules.simulate": { trigger: { kind: "manual" } },
    };
    for (const { name, method, path } of operations) {
      const body = method === "GET" || method === "DELETE" ? undefined : (bodies[name] ?? {});
      await rota.ask(`${method} ${path.replace(/\{\w+\}/, "x")}`, { key, body });
    }
    const told = new Set((await audit(rota)).map(({ operation }) => operation));
    const changing = operations.filter(({ effect }) => effect !== "reads");
    expect(told).toEqual(new Set(changing.map(({ name }) => name)));
  });

  it("I5 acknowledges nothing whose row is not written", async () => {
    const ledger = await openSqliteLedger({ database: "memory:", nowMs: Date.now() });
    const { audit: real } = ledger;
    let isAway = false;
    const record: typeof real.record = async (entry) => {
      if (isAway) throw new RotaError("LEDGER_UNAVAILABLE", "the disk went away", { retryable: true });
      await real.record(entry);
    };
    Object.defineProperty(ledger, "audit", { value: { list: real.list, record } });
    await using rota = await createRota({ ledger, start: false });
    const caller = { kind: "key", role: "operator", actor: "ann" } as const;
    const create = (name: string) =>
      rota.invoke("tasks.create", { name, type: "http", params: { url: "http://127.0.0.1/" } }, caller);
    isAway = true;
    await expect(create(""), "a refusal is heard all the same").rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    await expect(create("a")).rejects.toMatchObject({ code: "LEDGER_UNAVAILABLE" });
    isAway = false;
    await create("b");
    expect((await rota.audit.list()).items).toMatchObject([{ operation: "tasks.create", outcome: "ok" }]);
  });
});
