// Sessions of a browser (SEM 25): signing in with a key, what the cookie may, and signing out.
import { describe, expect, it } from "vitest";
import { GuardedRota, type Told } from "./guarded-rota.ts";

const task = { name: "report", type: "echo" };

function cookieOf({ headers }: Told): string {
  return headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

async function signIn(rota: GuardedRota, key: string): Promise<Told> {
  return rota.ask("POST /api/v1/session", { body: { key }, headers: { origin: rota.url } });
}

describe("a session", () => {
  it("SEM 25 P16 is opened with a key for a cookie that no script reads and no other site sends", async () => {
    await using rota = await GuardedRota.start();
    const signedIn = await signIn(rota, await rota.key({ role: "operator", userId: "ann" }));
    expect(signedIn).toMatchObject({ status: 201, body: { kind: "key", role: "operator", userId: "ann" } });
    expect(signedIn.headers.get("set-cookie")).toMatch(
      /^rota_session=[0-9a-z]{52}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(signedIn);
    const headers = { cookie, origin: rota.url };
    const made = await rota.ask("POST /api/v1/tasks", { body: task, headers });
    expect(made).toMatchObject({ status: 201, body: { userId: "ann" } });
    expect((await rota.ask("GET /api/v1/tasks", { headers: { cookie } })).body["items"]).toHaveLength(1);
    expect((await rota.ask("GET /api/v1/session", { headers: { cookie } })).body).toMatchObject({
      actor: "ann",
    });
    expect((await rota.ask("GET /api/v1/keys", { headers: { cookie } })).status).toBe(403);
    expect((await rota.rota.audit.list({ operation: "session.open" })).items).toMatchObject([
      { actor: "ann" },
    ]);
  });

  it("over TLS has a cookie that is sent over TLS only", async () => {
    await using rota = await GuardedRota.start({ trustedProxies: ["127.0.0.1"] });
    const body = { key: await rota.key() };
    const headers = { "x-forwarded-proto": "https" };
    const signedIn = await rota.ask("POST /api/v1/session", { body, headers });
    expect(signedIn.headers.get("set-cookie")).toMatch(/; Secure$/);
  });

  it("F.7 changes nothing for a page of another origin, or for one that does not say where it is", async () => {
    await using rota = await GuardedRota.start();
    const cookie = cookieOf(await signIn(rota, await rota.key()));
    const from = (origin?: string) =>
      rota.ask("POST /api/v1/tasks", { body: task, headers: { cookie, ...(origin ? { origin } : {}) } });
    expect((await from()).status).toBe(403);
    expect((await from("http://evil.example")).status).toBe(403);
    expect((await from("null")).status).toBe(403);
    expect((await from(rota.url)).status).toBe(201);
  });

  it("ends when one signs out, and when its key is revoked", async () => {
    await using rota = await GuardedRota.start();
    const { id, key } = await rota.rota.keys.create({ name: "ann's" });
    const [first, second] = [cookieOf(await signIn(rota, key)), cookieOf(await signIn(rota, key))];
    const isIn = async (cookie: string) =>
      (await rota.ask("GET /api/v1/tasks", { headers: { cookie } })).status === 200;
    expect([await isIn(first), await isIn(second)]).toEqual([true, true]);
    const out = await rota.ask("DELETE /api/v1/session", { headers: { cookie: first, origin: rota.url } });
    expect(out.status).toBe(204);
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect([await isIn(first), await isIn(second)]).toEqual([false, true]);
    await rota.rota.keys.revoke({ id });
    expect(await isIn(second)).toBe(false);
    expect(await isIn("rota_session=0000")).toBe(false);
  });

  it("is opened with a key that is good, and with nothing else", async () => {
    await using rota = await GuardedRota.start();
    expect((await signIn(rota, "rota_wrong")).status).toBe(401);
    for (const body of [{}, { key: 5 }, [], { key: "x", role: "admin" }])
      expect((await rota.ask("POST /api/v1/session", { body })).status).toBe(400);
    expect((await rota.ask("GET /api/v1/session")).status).toBe(401);
    expect((await rota.ask("PUT /api/v1/session", { key: await rota.key() })).status).toBe(405);
  });

  it("that is over is no hindrance where nobody needs one", async () => {
    await using rota = await GuardedRota.start({ isOpen: true });
    const headers = { cookie: "rota_session=0000", origin: rota.url };
    expect((await rota.ask("POST /api/v1/tasks", { body: task, headers })).status).toBe(201);
    expect((await rota.ask("GET /api/v1/session", { headers })).body).toMatchObject({
      kind: "local",
      role: "admin",
    });
  });
});
