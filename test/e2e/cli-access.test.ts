// The command line and keys: a server that others reach needs one, and the command it prints makes it.
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { Workplace } from "./cli-process.ts";

/** Asks on the loopback address a server that listens on all of them. */
async function statusOf(port: number, path: string, key?: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const asked = request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
    response.resume();
    response.on("end", () => resolve(response.statusCode));
  });
  asked.on("error", reject);
  asked.end();
  return promise;
}

describe("a server that others reach", () => {
  it("SEM 25 does not start without a key, prints the command that makes one, and serves whoever has it", async () => {
    await using place = new Workplace();
    const refused = await place.rota("serve", "--port", "0", "--host", "0.0.0.0");
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain("[CONFIG_INVALID]");
    const command = /make one with: rota ([^[]+?) \[/.exec(refused.err)?.[1] ?? "";
    expect(command).toBe("keys create admin --role admin");

    const made = await place.json(...command.split(" "));
    expect(made).toMatchObject({ name: "admin", role: "admin", createdBy: "local", status: "active" });
    const key = String(made["key"]);
    const server = await place.serve("--host", "0.0.0.0");
    const port = Number(new URL(server.url).port);
    expect(await statusOf(port, "/api/v1/tasks")).toBe(401);
    expect(await statusOf(port, "/healthz")).toBe(200);
    expect(await statusOf(port, "/api/v1/tasks", key)).toBe(200);

    const at = ["--server", `http://127.0.0.1:${port}`];
    const without = await place.rota("tasks", "list", ...at);
    expect(without.code).toBe(6);
    expect(without.err).toContain("ROTA_API_KEY");
    expect((await place.rota("tasks", "list", ...at, "--api-key", key)).code).toBe(0);
    const audit = await place.json("audit", "list", ...at, "--api-key", key);
    expect(audit["items"]).toMatchObject([{ operation: "keys.create", actor: "local", outcome: "ok" }]);
    expect(JSON.stringify(audit)).not.toContain(key.slice(15));
  });

  it("names its database in the command where it is not the usual one", async () => {
    await using place = new Workplace();
    const database = `sqlite:${place.folder}/it's here.db`;
    const refused = await place.rota("serve", "--port", "0", "--host", "::", "--database", database);
    expect(refused.err).toContain(`--database 'sqlite:${place.folder}/it'\\''s here.db'`);
  });

  it("says that a database in memory has no keys to begin with", async () => {
    await using place = new Workplace();
    const refused = await place.rota("serve", "--port", "0", "--host", "0.0.0.0", "--database", "memory:");
    expect(refused.err).toContain("a database in memory begins without keys");
  });

  it("can want a key from its own machine too", async () => {
    await using place = new Workplace();
    const refused = await place.rota("serve", "--port", "0", "--auth", "required");
    expect(refused.err).toContain("auth: required lets nobody in without an API key, and there is none yet");
    const { key } = await place.json("keys", "create", "me", "--role", "viewer");
    const server = await place.serve("--auth", "required");
    const port = Number(new URL(server.url).port);
    expect(await statusOf(port, "/api/v1/tasks")).toBe(401);
    expect(await statusOf(port, "/api/v1/tasks", String(key))).toBe(200);
  });

  it("F.7 writes no key to its log", async () => {
    await using place = new Workplace();
    const { key, id } = await place.json("keys", "create", "canary", "--role", "admin");
    const server = await place.serve("--auth", "required", "--log-level", "debug", "--log-format", "json");
    const port = Number(new URL(server.url).port);
    const text = String(key);
    await statusOf(port, `/api/v1/tasks?key=${text}`, text);
    await statusOf(port, "/api/v1/tasks", `${text.slice(0, 30)}x${text.slice(31)}`);
    await statusOf(port, `/api/v1/keys/${String(id)}`, text);
    await server.says(`/api/v1/keys/${String(id)}`);
    server.kill("SIGTERM");
    const { err } = await server.ended;
    expect(err).toContain('"requestId":');
    expect(err).toContain("request refused");
    expect(err).not.toContain(text.slice(15, 30));
  });
});
