// How much may be asked: by one key, by an address without one, and by all together; and the name of each request.
import { describe, expect, it } from "vitest";
import { GuardedRota } from "./guarded-rota.ts";

describe("limits", () => {
  it("P16 tell a key that asks too often when to come back, and leave the others alone", async () => {
    await using rota = await GuardedRota.start({ requestsPerMinute: 3 });
    const [busy, other] = [await rota.key(), await rota.key()];
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) statuses.push((await rota.ask("GET /api/v1/tasks", { key: busy })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await rota.ask("GET /api/v1/tasks", { key: busy });
    expect(refused.body).toMatchObject({ code: "RATE_LIMITED", retryable: true });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    const told = await rota.ask("GET /api/v1/tasks", { key: other });
    expect(told.status).toBe(200);
    expect([told.headers.get("ratelimit-limit"), told.headers.get("ratelimit-remaining")]).toEqual([
      "3",
      "2",
    ]);
  });

  it("F.7 answer an address that shows wrong keys again and again only with when to come back", async () => {
    await using rota = await GuardedRota.start({ refusalsPerMinute: 3 });
    const statuses: number[] = [];
    for (let n = 0; n < 2; n++)
      statuses.push((await rota.ask("GET /api/v1/tasks", { key: "rota_x" })).status);
    for (let n = 0; n < 3; n++)
      statuses.push((await rota.ask("POST /api/v1/session", { body: { key: "rota_x" } })).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await rota.ask("GET /api/v1/tasks")).status).toBe(429);
    expect((await rota.ask("GET /api/v1/tasks", { key: await rota.key() })).status, "a good key").toBe(200);
  });

  it("I9 refuse at once what is beyond the requests in hand, and take more when those are answered", async () => {
    const held = Promise.withResolvers<null>();
    let arrived = 0;
    const both = Promise.withResolvers<null>();
    await using rota = await GuardedRota.start({
      mostAtOnce: 2,
      isOpen: true,
      invoke: async () => {
        if ((arrived += 1) === 2) both.resolve(null);
        return held.promise;
      },
    });
    const waiting = [rota.ask("GET /api/v1/limits"), rota.ask("GET /api/v1/limits")];
    await both.promise;
    const refused = await rota.ask("GET /api/v1/limits");
    expect(refused).toMatchObject({ status: 503, body: { code: "OVERLOADED", retryable: true } });
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await rota.ask("GET /healthz")).status, "health is always told").toBe(200);
    held.resolve(null);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await rota.ask("GET /api/v1/limits")).status).toBe(200);
  });

  it("forget a caller who went away before there was an answer", async () => {
    const held = Promise.withResolvers<null>();
    const arrived = Promise.withResolvers<null>();
    await using rota = await GuardedRota.start({
      mostAtOnce: 1,
      isOpen: true,
      invoke: async () => {
        arrived.resolve(null);
        return held.promise;
      },
    });
    const goingAway = new AbortController();
    const asked = fetch(`${rota.url}/api/v1/limits`, { signal: goingAway.signal }).catch(() => "gone");
    await arrived.promise;
    goingAway.abort();
    expect(await asked).toBe("gone");
    held.resolve(null);
    let status = 503;
    while (status === 503) ({ status } = await rota.ask("GET /api/v1/limits"));
    expect(status).toBe(200);
  });
});

describe("a request", () => {
  it("P14 has a name: its own where that can stand in a log, in its answer and among what the server tells", async () => {
    await using rota = await GuardedRota.start({ isOpen: true });
    const named = await rota.ask("GET /api/v1/tasks?q=secret", { headers: { "x-request-id": "abc-1" } });
    expect(named.headers.get("x-request-id")).toBe("abc-1");
    const hostile = await rota.ask("GET /api/v1/nope", { headers: { "x-request-id": 'a" b' } });
    expect(hostile.headers.get("x-request-id")).toMatch(/^req-\d+$/);
    expect(rota.answers[0]).toMatchObject({
      requestId: "abc-1",
      method: "GET",
      path: "/api/v1/tasks",
      status: 200,
      actor: "local",
      address: "127.0.0.1",
    });
    expect(JSON.stringify(rota.answers)).not.toContain("secret");
  });
});
