// The http executor through the guarded client against a real server.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { SystemClock } from "../../src/app/system-clock.ts";
import { RotaError } from "../../src/domain/errors.ts";
import type { Json } from "../../src/domain/json.ts";
import { createHttpExecutor } from "../../src/executors/http/http-executor.ts";
import { InlineHost } from "../../src/hosts/inline/inline-host.ts";
import { GuardedClient } from "../../src/outbound/guarded-client.ts";
import { MemoryServices } from "./run-services.ts";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function setup(answer: Answer = (_request, response) => response.end()) {
  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const clock = new SystemClock();
  const outbound = new GuardedClient({ clock, allowPrivate: true });
  closing.push(async () => {
    await outbound.close();
    server.closeAllConnections();
    await once(server.close(), "close");
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a server that listens on a port
  const executor = createHttpExecutor({ outbound });
  const host = new InlineHost({ clock });
  const run = (
    { path = "/", ...params }: Record<string, Json> & { path?: string },
    services = new MemoryServices(),
  ) => host.run(executor, { url: base + path, ...params }, services).outcome;
  return { executor, run };
}

/** Answers with what it was asked. */
const mirror: Answer = async (request, response) => {
  const { method, url, headers } = request;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, body: await textOf(request) }));
};

describe("a call", () => {
  it("returns status, headers and body: JSON parsed, text as text, anything else as base64", async () => {
    const { run } = await setup((request, response) => {
      if (request.url === "/json")
        response.setHeader("content-type", "application/problem+json; charset=utf-8").end('{"a":[1]}');
      else if (request.url === "/text") response.setHeader("content-type", "text/plain").end("漢");
      else response.end(Buffer.from([0xff, 0x00]));
    });
    expect(await run({ path: "/json" })).toMatchObject({
      kind: "completed",
      data: { status: 200, body: { a: [1] } },
    });
    expect(await run({ path: "/text" })).toMatchObject({
      data: { body: "漢", headers: { "content-type": "text/plain" } },
    });
    expect(await run({ path: "/bytes" })).toMatchObject({ data: { body: "/wA=", bodyEncoding: "base64" } });
  });

  it("sends query, headers and body; what is no text goes as JSON", async () => {
    const { run } = await setup(mirror);
    const sent = await run({
      path: "/a?b=1",
      query: { c: ["x y", 2], d: true },
      headers: { "X-Mine": "1" },
      method: "PUT",
      body: { n: 1 },
    });
    expect(sent).toMatchObject({
      data: {
        body: {
          method: "PUT",
          url: "/a?b=1&c=x+y&c=2&d=true",
          headers: { "x-mine": "1", "content-type": "application/json" },
          body: '{"n":1}',
        },
      },
    });
    const text = await run({ method: "POST", body: "plain", headers: { "Content-Type": "text/csv" } });
    expect(text).toMatchObject({
      data: { body: { headers: { "content-type": "text/csv" }, body: "plain" } },
    });
  });

  it("SEM 30 carries the run's Idempotency-Key where a repeat could do harm", async () => {
    const { run } = await setup(mirror);
    expect(await run({ method: "POST" })).toMatchObject({
      data: { body: { headers: { "idempotency-key": "run_1" } } },
    });
    expect(await run({})).not.toMatchObject({ data: { body: { headers: { "idempotency-key": "run_1" } } } });
  });
});

describe("what an answer means", () => {
  const answering =
    (status: number, headers: Record<string, string> = {}): Answer =>
    (_request, response) =>
      response.writeHead(status, headers).end("why");

  it.each([500, 503, 408, 429])("S1.89 %i may be better next time", async (status) => {
    const { run } = await setup(answering(status));
    expect(await run({})).toMatchObject({
      kind: "failed",
      error: { code: "EXECUTION_FAILED", retryable: true, details: { status, body: "why" } },
    });
  });

  it.each([400, 401, 404, 410, 422, 301])("S1.89 %i is final", async (status) => {
    const { run } = await setup(answering(status));
    expect(await run({})).toMatchObject({
      kind: "failed",
      error: { code: "NON_RETRYABLE", retryable: false, details: { status } },
    });
  });

  it("honours Retry-After in seconds and as a date by the server's own clock", async () => {
    const seconds = await setup(answering(503, { "retry-after": "120" }));
    expect(await seconds.run({})).toMatchObject({
      kind: "failed",
      retryAfterMs: 120_000,
      error: { details: { status: 503 } },
    });
    const date = await setup(
      answering(429, {
        date: "Wed, 21 Oct 2015 07:28:00 GMT",
        "retry-after": "Wed, 21 Oct 2015 07:29:30 GMT",
      }),
    );
    expect(await date.run({})).toMatchObject({ retryAfterMs: 90_000 });
    const nonsense = await setup(answering(503, { "retry-after": "soon" }));
    expect(await nonsense.run({})).not.toHaveProperty("retryAfterMs");
    const ages = await setup(answering(503, { "retry-after": "999999999" }));
    expect(await ages.run({})).toMatchObject({ retryAfterMs: 86_400_000 });
  });

  it.each([
    [404, 404, "completed"],
    ["4xx", 404, "completed"],
    ["200-204", 204, "completed"],
    ["200-204", 205, "failed"],
    [[200, "3xx"], 302, "completed"],
    [[200, 299], 250, "failed"],
  ])("expectStatus %j makes %i %s", async (expectStatus, status, kind) => {
    const { run } = await setup(answering(status));
    expect(await run({ expectStatus })).toMatchObject({ kind });
  });

  it("is a failure to be tried again when nobody answers, and a timeout when it takes too long", async () => {
    const broken = await setup((request) => request.socket.destroy());
    expect(await broken.run({})).toMatchObject({
      kind: "failed",
      error: { code: "EXECUTION_FAILED", retryable: true },
    });
    const silent = await setup(() => undefined);
    expect(await silent.run({ timeout: 50 })).toMatchObject({
      kind: "failed",
      error: { code: "TIMEOUT", retryable: true },
    });
  });

  it("is final when the address must not be called, or the answer is too large", async () => {
    const { run } = await setup((_request, response) => response.end("x".repeat(2_000_000)));
    expect(await run({ url: "http://169.254.169.254/" })).toMatchObject({
      error: { code: "ADDRESS_REFUSED", retryable: false },
    });
    expect(await run({})).toMatchObject({ error: { code: "PAYLOAD_TOO_LARGE", retryable: false } });
  });

  it("SEM 9 does not matter any more when the run is told to stop", async () => {
    const services = new MemoryServices();
    const { run } = await setup(() => services.controller.abort(new RotaError("CANCELLED", "asked to")));
    expect(await run({}, services)).toEqual({ kind: "aborted" });
  });
});

describe("what the executor states", () => {
  it("C18 SEM 10: a method that may be repeated is, the others are tried once and not after a lost worker", async () => {
    const { executor } = await setup();
    for (const method of ["GET", "head", "PUT", "DELETE", "OPTIONS"]) {
      expect([executor.retryFor?.({ method }), executor.onInterruptedFor?.({ method })]).toEqual([
        {},
        "repeat",
      ]);
    }
    expect(executor.retryFor?.({ url: "http://a" })).toEqual({});
    for (const method of ["POST", "patch"]) {
      expect([executor.retryFor?.({ method }), executor.onInterruptedFor?.({ method })]).toEqual([
        { maxAttempts: 1 },
        "fail",
      ]);
    }
  });

  it.each([
    ["no URL", {}, "url"],
    ["a URL of another kind", { url: "file:///etc/passwd" }, "url"],
    ["a method it does not know", { url: "http://a", method: "BREW" }, "method"],
    ["headers that are no texts", { url: "http://a", headers: { a: 1 } }, "headers.a"],
    ["a query that is no value", { url: "http://a", query: { a: {} } }, "query.a"],
    ["a body where none is carried", { url: "http://a", body: 1 }, "body"],
    ["a status that is none", { url: "http://a", expectStatus: "good" }, "expectStatus"],
    ["no status at all", { url: "http://a", expectStatus: [] }, "expectStatus"],
    ["a timeout nobody can read", { url: "http://a", timeout: "soon" }, "timeout"],
    ["a field it does not know", { url: "http://a", redirect: "follow" }, "redirect"],
    ["a field named like a method of objects", { url: "http://a", toString: 1 }, "toString"],
    ["params that are no object", null, ""],
  ])("S2.32 refuses %s, naming the place", async (_what, params, path) => {
    const { executor } = await setup();
    expect(executor.validate(params)).toMatchObject({ ok: false, issues: [{ path }] });
  });
});
