// The client against a small real server.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { createClient } from "./client.ts";
import { isRotaError } from "./index.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function setup(reply: (seen: Seen) => Reply = () => ({ body: {} })) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const entry = { method: request.method, url: request.url, headers: request.headers, body };
      seen.push(entry);
      const { status = 200, body: answer, headers = {} } = reply(entry);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(
        answer === undefined ? undefined : typeof answer === "string" ? answer : JSON.stringify(answer),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server has one
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, seen, close, [Symbol.asyncDispose]: close };
}

describe("a call", () => {
  it("travels as its route says: path, query, If-Match, body and key", async () => {
    await using server = await setup();
    const rota = createClient({ baseUrl: `${server.url}/`, key: "k_1" });
    await rota.tasks.create({ name: "a", type: "http", timeout: "30m" });
    await rota.tasks.trigger({ id: "task/1?", wait: "5s", params: { n: 1 } });
    await rota.tasks.update({ id: "t", expectedRevision: 4, tags: null });
    await rota.tasks.list({ status: ["active", "paused"], limit: 5 });
    await rota.runs.resume({ id: "r" });
    expect(server.seen).toMatchObject([
      {
        method: "POST",
        url: "/api/v1/tasks",
        body: '{"name":"a","type":"http","timeout":"30m"}',
        headers: { authorization: "Bearer k_1" },
      },
      { method: "POST", url: "/api/v1/tasks/task%2F1%3F/trigger?wait=5s", body: '{"params":{"n":1}}' },
      { method: "PATCH", url: "/api/v1/tasks/t", body: '{"tags":null}', headers: { "if-match": '"4"' } },
      { method: "GET", url: "/api/v1/tasks?status=active&status=paused&limit=5", body: "" },
      { method: "POST", url: "/api/v1/runs/r/resume", body: "" },
    ]);
  });

  it("says milliseconds where a duration travels as text", async () => {
    await using server = await setup();
    await createClient({ baseUrl: server.url }).tasks.trigger({ id: "t", wait: 1500 });
    expect(server.seen[0]?.url).toBe("/api/v1/tasks/t/trigger?wait=1500ms");
  });

  it("never asks for something else than it names", async () => {
    await using server = await setup();
    const rota = createClient({ baseUrl: server.url });
    for (const userId of ["", ".", ".."])
      await expect(rota.users.tasks({ userId })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect(server.seen).toEqual([]);
  });

  it("answers null where there is nothing to say", async () => {
    await using server = await setup(() => ({ status: 204 }));
    expect(await createClient({ baseUrl: server.url }).tasks.delete({ id: "t" })).toBeNull();
  });

  it("is typed by the catalogue", () => {
    const rota = createClient({ baseUrl: "http://127.0.0.1:1" });
    const calls = {
      good: async () => (await rota.tasks.get({ id: "t" })).schedule.times.at(0),
      // @ts-expect-error an id is required
      incomplete: () => rota.tasks.get(),
      // @ts-expect-error there is no such field
      unknown: () => rota.tasks.create({ name: "a", type: "b", tiemout: 5 }),
    };
    expect(Object.keys(calls)).toHaveLength(3);
  });
});

describe("a list", () => {
  it("can be awaited for one page or walked over all of them", async () => {
    const pages: Record<string, { items: { id: string }[]; nextCursor: string | null }> = {
      "": { items: [{ id: "a" }, { id: "b" }], nextCursor: "c1" },
      c1: { items: [{ id: "c" }], nextCursor: null },
    };
    await using server = await setup(({ url }) => ({
      body: pages[new URL(url ?? "", "http://x").searchParams.get("cursor") ?? ""],
    }));
    const rota = createClient({ baseUrl: server.url });
    expect(await rota.runs.list()).toEqual(pages[""]);
    const ids: string[] = [];
    for await (const run of rota.runs.list({ status: "failed" })) ids.push(run.id);
    expect(ids).toEqual(["a", "b", "c"]);
    expect(server.seen.at(-1)?.url).toBe("/api/v1/runs?status=failed&cursor=c1");
  });
});

describe("a failure", () => {
  it("is an error with the server's code, message and details", async () => {
    const body = {
      code: "OVERLAP",
      detail: "run run_1 is live",
      retryable: false,
      details: { runId: "run_1" },
    };
    await using server = await setup(() => ({ status: 409, body }));
    const error: unknown = await createClient({ baseUrl: server.url })
      .tasks.trigger({ id: "t" })
      .catch((thrown: unknown) => thrown);
    expect(isRotaError(error)).toBe(true);
    expect(error).toMatchObject({
      code: "OVERLAP",
      message: "run run_1 is live",
      details: { runId: "run_1", status: 409 },
    });
  });

  it("says when to come back", async () => {
    const body = { code: "OVERLOADED", detail: "too much", retryable: true };
    await using server = await setup(() => ({ status: 503, body, headers: { "retry-after": "2" } }));
    await expect(createClient({ baseUrl: server.url, retries: 0 }).stats.get()).rejects.toMatchObject({
      retryable: true,
      details: { retryAfterMs: 2000 },
    });
  });

  it("of something between us and the server is one, too", async () => {
    await using server = await setup(() => ({ status: 502, body: "<html>Bad Gateway" }));
    const rota = createClient({ baseUrl: server.url, retries: 0 });
    await expect(rota.stats.get()).rejects.toMatchObject({ code: "LEDGER_UNAVAILABLE", retryable: true });
  });

  it("of a server that is not there is one, too; giving up is the caller's own", async () => {
    const server = await setup();
    const rota = createClient({ baseUrl: server.url });
    await expect(rota.stats.get({}, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    await server.close();
    await expect(rota.stats.get()).rejects.toMatchObject({ code: "LEDGER_UNAVAILABLE", retryable: true });
  });
});

describe("a call that is not answered", () => {
  const away = { status: 503, body: { code: "LEDGER_UNAVAILABLE", detail: "away", retryable: true } };

  it("P2 SEM 29 is tried again under one Idempotency-Key, so that it happens once", async () => {
    let tried = 0;
    await using server = await setup(() =>
      (tried += 1) < 3 ? away : { status: 201, body: { id: "task_1" } },
    );
    const rota = createClient({ baseUrl: server.url });
    expect(await rota.tasks.create({ name: "a", type: "b" })).toEqual({ id: "task_1" });
    const keys = server.seen.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    await rota.tasks.create({ name: "a", type: "b" });
    expect(server.seen.at(-1)?.headers["idempotency-key"], "another call, another key").not.toBe(keys[0]);
    await rota.tasks.create({ name: "a", type: "b" }, { idempotencyKey: "mine" });
    expect(server.seen.at(-1)?.headers["idempotency-key"]).toBe("mine");
  });

  it("needs no key where nothing changes, and fails with the last answer when it was tried enough", async () => {
    await using server = await setup(() => away);
    const rota = createClient({ baseUrl: server.url, retries: 1 });
    await expect(rota.stats.get()).rejects.toMatchObject({ code: "LEDGER_UNAVAILABLE" });
    expect(server.seen).toHaveLength(2);
    expect(server.seen.map(({ headers }) => headers["idempotency-key"])).toEqual([undefined, undefined]);
  });

  it("is not tried again when that is no use, must not be, or would take too long", async () => {
    const reply = { status: 409, body: { code: "OVERLAP", detail: "live", retryable: false } };
    await using refusing = await setup(() => reply);
    const trigger = createClient({ baseUrl: refusing.url }).tasks.trigger({ id: "t" });
    await expect(trigger).rejects.toMatchObject({ code: "OVERLAP" });
    await using silent = await setup(() => away);
    const made = createClient({ baseUrl: silent.url }).keys.create({ name: "ci" });
    await expect(made).rejects.toMatchObject({ code: "LEDGER_UNAVAILABLE" });
    await using slow = await setup(() => ({ ...away, headers: { "retry-after": "60" } }));
    const asked = createClient({ baseUrl: slow.url }).stats.get();
    await expect(asked).rejects.toMatchObject({ details: { retryAfterMs: 60_000 } });
    expect([refusing, silent, slow].map(({ seen }) => seen.length)).toEqual([1, 1, 1]);
    expect(silent.seen[0]?.headers["idempotency-key"]).toBeUndefined();
  });

  it("is given up between two tries when the caller gives up", async () => {
    const enough = new AbortController();
    await using server = await setup(() => {
      setImmediate(() => enough.abort(new Error("enough")));
      return { ...away, headers: { "retry-after": "9" } };
    });
    const asked = createClient({ baseUrl: server.url }).stats.get({}, { signal: enough.signal });
    await expect(asked).rejects.toThrow("enough");
  });
});

it("bundles for a browser without Node's modules and without the schema library", async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: ["src/client/index.ts"],
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    format: "esm",
    metafile: true,
    logLevel: "silent",
  });
  expect(Object.keys(metafile.inputs).join()).not.toMatch(/zod|node:/);
  expect(outputFiles[0]?.contents.length).toBeLessThan(24_000);
});
