// Idempotency-Key over REST (SEM 29): the same answer again, and what cannot be meant is refused.
import { describe, expect, it } from "vitest";
import { GuardedRota } from "./guarded-rota.ts";

const task = { name: "report", type: "echo" };
const named = (key: string) => ({ headers: { "idempotency-key": key } });

describe("a request with an Idempotency-Key", () => {
  it("P2 SEM 29 is answered the same as often as it comes, status and headers too", async () => {
    await using rota = await GuardedRota.start({ isOpen: true });
    const ask = () => rota.ask("POST /api/v1/tasks", { body: task, ...named("k1") });
    const [first, second] = await Promise.all([ask(), ask()]);
    const third = await ask();
    for (const answer of [second, third]) {
      expect(answer).toMatchObject({ status: 201, body: first.body });
      for (const header of ["location", "etag"]) {
        expect(answer.headers.get(header)).toBe(first.headers.get(header));
      }
    }
    expect((await rota.ask("GET /api/v1/tasks")).body["items"]).toHaveLength(1);
    const path = `/api/v1/tasks/${String(first.body["id"])}` as const;
    const run = await rota.ask(`POST ${path}/trigger?wait=20s`, named("k1"));
    expect(await rota.ask(`POST ${path}/trigger?wait=20s`, named("k1"))).toMatchObject({ body: run.body });
    expect((await rota.ask("GET /api/v1/runs")).body["items"]).toHaveLength(1);
    expect((await rota.ask(`DELETE ${path}`, named("k2"))).status).toBe(204);
    expect((await rota.ask(`DELETE ${path}`, named("k2"))).status).toBe(204);
    expect((await rota.ask(`DELETE ${path}`, named("k3"))).status).toBe(404);
  });

  it("is refused with 422 when the key was used for something else, by the same caller alone", async () => {
    await using rota = await GuardedRota.start();
    const [ann, bob] = [await rota.key({ userId: "ann" }), await rota.key({ userId: "bob" })];
    const ask = (key: string, body: unknown) => rota.ask("POST /api/v1/tasks", { key, body, ...named("k1") });
    expect((await ask(ann, task)).status).toBe(201);
    expect(await ask(ann, { ...task, name: "other" })).toMatchObject({
      status: 422,
      body: { code: "IDEMPOTENCY_KEY_REUSED" },
    });
    expect(await ask(bob, { ...task, name: "other" })).toMatchObject({
      status: 201,
      body: { userId: "bob" },
    });
  });

  it("cannot be one that is no key, nor make an API key", async () => {
    await using rota = await GuardedRota.start({ isOpen: true });
    for (const key of ["a b", "x".repeat(201)])
      expect((await rota.ask("POST /api/v1/tasks", { body: task, ...named(key) })).status).toBe(400);
    const made = await rota.ask("POST /api/v1/keys", { body: { name: "ci" }, ...named("k1") });
    expect(made).toMatchObject({ status: 400, body: { code: "VALIDATION_FAILED" } });
    expect((await rota.ask("GET /api/v1/tasks", named("anything goes"))).status).toBe(200);
  });
});
