// The server over real HTTP, with an `invoke` that reads inputs by the catalogue and answers with what it read.

import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text as readAll } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { RotaError } from "../domain/errors.ts";
import { operations } from "../contract/catalogue.ts";
import { parseInput } from "../contract/parse-input.ts";
import { createHttpServer, type HttpServerOptions } from "./server.ts";

type Invoke = HttpServerOptions["invoke"];

async function setup(options: Partial<HttpServerOptions> = {}) {
  const faults: unknown[] = [];
  const echo: Invoke = async (name, input) => ({
    id: "x_1",
    revision: 3,
    name,
    input: parseInput(name, input),
  });
  const server = createHttpServer({
    host: "127.0.0.1",
    port: 0,
    invoke: echo,
    onFault: (error) => faults.push(error),
    ...options,
  });
  const url = await server.listen();
  const ask = async (
    method: string,
    path: string,
    init: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ) => {
    const headers = init.body === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(url + path, { method, ...init, headers: { ...headers, ...init.headers } });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
  return { url, ask, faults, [Symbol.asyncDispose]: () => server.close() };
}

const task = { name: "report", type: "http" };

describe("a request", () => {
  it("S0.37 becomes the input of its operation: body, path, query and If-Match together", async () => {
    await using server = await setup();
    const created = await server.ask("POST", "/api/v1/tasks", { body: JSON.stringify(task) });
    expect(created).toMatchObject({ status: 201, body: { name: "tasks.create", input: task } });
    expect(created.headers.get("location")).toBe("/api/v1/tasks/x_1");
    expect(created.headers.get("etag")).toBe('"3"');
    const triggered = await server.ask("POST", "/api/v1/tasks/a%20b/trigger?wait=30s", {
      body: '{"force":true}',
    });
    expect(triggered).toMatchObject({
      status: 201,
      body: { input: { id: "a b", wait: 30_000, force: true } },
    });
    const edited = await server.ask("PATCH", "/api/v1/tasks/t", {
      body: '{"name":"b"}',
      headers: { "if-match": '"7"' },
    });
    expect(edited.body).toMatchObject({ input: { id: "t", expectedRevision: 7, name: "b" } });
    const listed = await server.ask("GET", "/api/v1/tasks?status=active,paused&tag=a&tag=b&limit=20&q=x");
    expect(listed.body).toMatchObject({
      input: { status: ["active", "paused"], tag: ["a", "b"], limit: 20, q: "x" },
    });
  });

  it("needs no body where no field is required", async () => {
    await using server = await setup();
    expect((await server.ask("POST", "/api/v1/tasks/t/pause")).status).toBe(200);
    expect((await server.ask("POST", "/api/v1/tasks/t/pause", { body: "" })).status).toBe(200);
    const deleted = await server.ask("DELETE", "/api/v1/tasks/t");
    expect(deleted).toMatchObject({ status: 204, text: "" });
  });

  it.each([
    ["GET", "/api/v1/tasks?limt=5", undefined, "did you mean limit?"],
    ["GET", "/api/v1/tasks?limit=1&limit=2", undefined, "limit"],
    ["POST", "/api/v1/tasks/t/pause?reason=x", "{}", "reason belongs in the body"],
    ["POST", "/api/v1/tasks/t/pause", '{"id":"other"}', "id belongs in the path"],
    ["POST", "/api/v1/tasks/t/trigger", '{"wait":"5s"}', "wait belongs in the query"],
    ["PATCH", "/api/v1/tasks/t", '{"expectedRevision":1}', "If-Match"],
    ["POST", "/api/v1/tasks", "[]", "must be a JSON object"],
    ["POST", "/api/v1/tasks", "null", "must be a JSON object"],
    ["POST", "/api/v1/tasks", "{", "not JSON"],
    ["GET", "/api/v1/tasks/%zz", undefined, "cannot be read"],
  ])("%s %s with body %s is refused with what is wrong", async (...row) => {
    const [method, path, body, message] = row;
    await using server = await setup();
    const answer = await server.ask(method, path, body === undefined ? {} : { body });
    expect(answer).toMatchObject({ status: 400, body: { code: "VALIDATION_FAILED" } });
    expect(String(answer.body["detail"])).toContain(message);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  it("to an unknown path gets a hint, with an impossible method the possible ones", async () => {
    await using server = await setup();
    const unversioned = await server.ask("GET", "/tasks");
    expect(unversioned).toMatchObject({
      status: 404,
      body: { details: { hint: "with its version: /api/v1/tasks" } },
    });
    expect(await server.ask("GET", "/api/v1/tasks/")).toMatchObject({ status: 404 });
    const mistyped = await server.ask("GET", "/api/v1/task");
    expect(mistyped).toMatchObject({
      status: 404,
      body: { details: { hint: "did you mean /api/v1/tasks?" } },
    });
    const inside = await server.ask("GET", "/api/v1/taks/task_1/runs");
    expect(inside).toMatchObject({
      status: 404,
      body: { details: { hint: "did you mean /api/v1/tasks/task_1/runs?" } },
    });
    const strange = await server.ask("GET", "/zzzzzzzzzzzzzzzz");
    for (const unknown of [unversioned, mistyped, strange]) {
      expect(unknown.body).toMatchObject({ code: "NOT_FOUND", details: { docs: `${server.url}/docs` } });
      expect(unknown.body["detail"]).toContain(`${server.url}/docs`);
    }
    const wrong = await server.ask("PUT", "/api/v1/tasks");
    expect(wrong).toMatchObject({
      status: 405,
      body: { code: "METHOD_NOT_ALLOWED", details: { allowed: ["POST", "GET", "HEAD"] } },
    });
    expect(wrong.headers.get("allow")).toBe("POST, GET, HEAD");
    expect((await server.ask("POST", "/healthz", { body: "{}" })).headers.get("allow")).toBe("GET, HEAD");
  });

  it("with another media type, or a packed body, is refused with 415", async () => {
    await using server = await setup();
    for (const headers of [
      { "content-type": "text/plain" },
      { "content-type": "application/x-www-form-urlencoded" },
      { "content-encoding": "gzip" },
    ]) {
      expect(await server.ask("POST", "/api/v1/tasks", { body: "{}", headers })).toMatchObject({
        status: 415,
        body: { code: "UNSUPPORTED_MEDIA_TYPE" },
      });
    }
  });

  it("with a body above the limit is refused with 413, just below it is read", async () => {
    await using server = await setup({ bodyLimitBytes: 1000 });
    const of = (bytes: number): string =>
      JSON.stringify({
        ...task,
        description: "x".repeat(bytes - JSON.stringify({ ...task, description: "" }).length),
      });
    expect((await server.ask("POST", "/api/v1/tasks", { body: of(1000) })).status).toBe(201);
    expect(await server.ask("POST", "/api/v1/tasks", { body: of(1001) })).toMatchObject({
      status: 413,
      body: { code: "PAYLOAD_TOO_LARGE" },
    });
  });

  it("SEM 25 for another host, or from another origin, is refused", async () => {
    await using server = await setup();
    expect(
      await server.ask("GET", "/api/v1/tasks", { headers: { origin: "http://evil.example" } }),
    ).toMatchObject({ status: 403 });
    expect(await server.ask("GET", "/api/v1/tasks", { headers: { origin: server.url } })).toMatchObject({
      status: 200,
    });
    for (const path of ["/api/v1/tasks", "/docs", "/openapi.json", "/healthz", "/nowhere"]) {
      expect(await statusWithHost(server.url + path, "evil.example")).toBe(403);
    }
  });

  it("that is no HTTP at all does no harm", async () => {
    await using server = await setup();
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end("GARBAGE \u0000\u0001\r\n\r\n");
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 400/);
    expect((await server.ask("GET", "/healthz")).status).toBe(200);
  });
});

describe("an answer", () => {
  it("is what the operation threw, as problem details", async () => {
    const invoke: Invoke = async () => {
      throw new RotaError("OVERLAP", "run run_1 is live", { details: { runId: "run_1" } });
    };
    await using server = await setup({ invoke });
    expect(await server.ask("POST", "/api/v1/tasks/t/trigger")).toMatchObject({
      status: 409,
      body: {
        code: "OVERLAP",
        detail: "run run_1 is live",
        details: { runId: "run_1" },
        instance: "/api/v1/tasks/t/trigger",
      },
    });
  });

  it("says nothing about a fault of ours, which is reported instead", async () => {
    const invoke: Invoke = async () => {
      throw new TypeError("cannot read canary of undefined");
    };
    await using server = await setup({ invoke });
    const answer = await server.ask("GET", "/api/v1/runs");
    expect(answer).toMatchObject({ status: 500, body: { code: "INTERNAL" } });
    expect(answer.text).not.toContain("canary");
    expect(server.faults).toHaveLength(1);
  });

  it("asks to come back when the ledger is away or full", async () => {
    const failing =
      (code: "LEDGER_UNAVAILABLE" | "LEDGER_FULL"): Invoke =>
      async () => {
        throw new RotaError(code, "nothing was changed", { retryable: true });
      };
    await using away = await setup({ invoke: failing("LEDGER_UNAVAILABLE") });
    const answer = await away.ask("GET", "/api/v1/runs");
    expect(answer).toMatchObject({ status: 503, body: { retryable: true } });
    expect(answer.headers.get("retry-after")).toBe("1");
    await using full = await setup({ invoke: failing("LEDGER_FULL") });
    expect((await full.ask("GET", "/api/v1/runs")).status).toBe(507);
  });

  it("carries security headers, whatever it says", async () => {
    await using server = await setup();
    for (const path of ["/api/v1/tasks", "/nowhere", "/healthz"]) {
      const { headers } = await server.ask("GET", path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

describe("the pages beside the operations", () => {
  it("S0.36 show the documentation at /docs from our own files", async () => {
    await using server = await setup();
    const page = await server.ask("GET", "/docs");
    expect(page.status).toBe(200);
    expect(page.text).toContain("swagger-ui");
    expect(page.text).not.toMatch(/(src|href)="https?:/);
    const scripts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect((await server.ask("GET", script)).status).toBe(200);
    expect((await server.ask("GET", "/docs/json")).text).toBe(
      (await server.ask("GET", "/openapi.json")).text,
    );
  });

  it("tell whether the server lives and whether it is ready", async () => {
    let isReady = false;
    await using server = await setup({ isReady: async () => isReady });
    expect(await server.ask("GET", "/healthz")).toMatchObject({ status: 200 });
    expect(await server.ask("GET", "/readyz")).toMatchObject({ status: 503 });
    isReady = true;
    expect(await server.ask("GET", "/readyz")).toMatchObject({ status: 200, body: { status: "ready" } });
  });
});

describe("I9 hostile inputs", () => {
  const values: readonly unknown[] = [
    "",
    " ",
    "\u0000",
    "\ud800",
    "x".repeat(5000),
    -1,
    0,
    1.5,
    2 ** 60,
    true,
    null,
    [],
    {},
    [[]],
    { a: { b: 1 } },
    "__proto__",
    "constructor",
    "2026-99-99",
    "' OR 1=1 --",
    "${jndi:x}",
    "<script>",
  ];

  it("of every kind in every field of every operation never get a 5xx", async () => {
    await using server = await setup();
    const bad: string[] = [];
    for (const operation of operations) {
      const path = operation.path.replace(/\{\w+\}/g, "x");
      for (const value of values) {
        const body = JSON.stringify(
          Object.fromEntries(Object.keys(operation.input.shape).map((field) => [field, value])),
        );
        const query = Object.keys(operation.input.shape)
          .map((field) => `${field}=${encodeURIComponent(JSON.stringify(value))}`)
          .join("&");
        const isRead = operation.method === "GET" || operation.method === "DELETE";
        const { status } = isRead
          ? await server.ask(operation.method, `${path}?${query}`)
          : await server.ask(operation.method, path, { body });
        if (status >= 500) bad.push(`${operation.name} ${JSON.stringify(value)} ${status}`);
      }
    }
    expect(bad).toEqual([]);
    expect(server.faults).toEqual([]);
  }, 30_000);

  it("that are large, deep, doubled or broken get a 4xx", async () => {
    await using server = await setup();
    const bodies = [
      "[".repeat(100_000),
      `{"params":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
      `{"params":${'{"a":'.repeat(500)}1${"}".repeat(500)}}`,
      `[${"1,".repeat(500_000)}1]`,
      `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(",")}}`,
      '{"name":"a","name":"b"}',
      '{"name":"a","type":"b","params":{"n":123456789012345678901234567890}}',
      '{"__proto__":{"role":"admin"}}',
      new Uint8Array([0xff, 0xfe, 0x00]),
      "x".repeat(3_000_000),
    ];
    for (const body of bodies) {
      const { status } = await server.ask("POST", "/api/v1/tasks", { body });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    expect(server.faults).toEqual([]);
  });
});

/** `fetch` sets Host by itself; here it is the caller's. */
async function statusWithHost(url: string, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const request = httpRequest(url, { headers: { host }, agent: false }, (response) => {
    response.resume();
    response.on("end", () => resolve(response.statusCode));
  });
  request.on("error", reject);
  request.end();
  return promise;
}
