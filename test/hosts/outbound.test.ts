// The guarded client against a real local server: what must not be called is refused before anything is connected.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { SystemClock } from "../../src/app/system-clock.ts";
import { GuardedClient, type GuardedClientOptions } from "../../src/outbound/guarded-client.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server on every address of this machine, which counts whoever connects. */
async function serve(answer: Answer = (_request, response) => response.end("secret")) {
  const server: Server = createServer(answer);
  let connections = 0;
  server.on("connection", () => connections++);
  await once(server.listen(0, "::"), "listening");
  closing.push(async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  });
  const { port } = server.address() as AddressInfo; // of a server that listens on a port
  return { port, connections: () => connections };
}

function client(options: Partial<GuardedClientOptions> = {}): GuardedClient {
  const made = new GuardedClient({ clock: new SystemClock(), resolve, ...options });
  closing.push(() => made.close());
  return made;
}

/** A resolver with the names attackers use; whatever else is asked resolves to a public address. */
async function resolve(hostname: string): Promise<readonly string[]> {
  const names: Record<string, readonly string[]> = {
    localhost: ["::1", "127.0.0.1"],
    "app.localhost": ["127.0.0.1"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "localtest.me": ["127.0.0.1"],
    "customer1.app.localhost.my.company.127.0.0.1.nip.io": ["127.0.0.1"],
    "169.254.169.254.nip.io": ["169.254.169.254"],
    "ten.example": ["10.0.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "mixed6.example": ["2606:4700:4700::1111", "fd00::1"],
    "linklocal.example": ["fe80::1"],
    "anything.example": ["0.0.0.0"],
    "unspecified.example": ["::"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "garbage.example": ["not an address"],
    "internal-server": ["192.168.1.10"],
  };
  return names[hostname] ?? ["93.184.215.14"];
}

/** With `{port}` for the port of the local server, so that whatever gets through gets there. */
const vectors: readonly string[] = [
  // loopback, in every spelling a URL knows
  "http://127.0.0.1:{port}/",
  "http://127.1:{port}/",
  "http://127.0.1:{port}/",
  "http://0x7f.1:{port}/",
  "http://0x7f000001:{port}/",
  "http://2130706433:{port}/",
  "http://0177.0.0.1:{port}/",
  "http://017700000001:{port}/",
  "http://0x7f.0x0.0x0.0x1:{port}/",
  "http://127.0.0.1.:{port}/",
  "http://127.255.255.254:{port}/",
  "http://１２７.０.０.１:{port}/",
  "http://127。0。0。1:{port}/",
  "http://①②⑦.⓪.⓪.①:{port}/",
  "http://%31%32%37.0.0.1:{port}/",
  "http://[::1]:{port}/",
  "http://[0:0:0:0:0:0:0:1]:{port}/",
  "http://[::ffff:127.0.0.1]:{port}/",
  "http://[::ffff:7f00:1]:{port}/",
  "http://[::127.0.0.1]:{port}/",
  "http://[64:ff9b::7f00:1]:{port}/",
  "http://[2002:7f00:1::]:{port}/",
  "http://[::ffff:0:127.0.0.1]:{port}/",
  // the unspecified address, which is loopback too
  "http://0.0.0.0:{port}/",
  "http://0:{port}/",
  "http://[::]:{port}/",
  "http://0.0.0.1:{port}/",
  // names
  "http://localhost:{port}/",
  "http://localhost.:{port}/",
  "http://LOCALHOST:{port}/",
  "http://ｌocalhost:{port}/",
  "http://app.localhost:{port}/",
  "http://127.0.0.1.nip.io:{port}/",
  "http://localtest.me:{port}/",
  "http://customer1.app.localhost.my.company.127.0.0.1.nip.io:{port}/",
  "http://six.example:{port}/",
  "http://mapped.example:{port}/",
  "http://mixed.example:{port}/",
  "http://mixed6.example:{port}/",
  "http://linklocal.example:{port}/",
  "http://anything.example:{port}/",
  "http://unspecified.example:{port}/",
  "http://nat64.example:{port}/",
  "http://sixtofour.example:{port}/",
  "http://garbage.example:{port}/",
  "http://ten.example/",
  "http://internal-server/",
  // private networks
  "http://10.0.0.1/",
  "http://10.255.255.255/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.0.1/",
  "http://100.64.0.1/",
  "http://[fc00::1]/",
  "http://[fd12:3456::1]/",
  "http://198.18.0.1/",
  // link-local and metadata
  "http://169.254.169.254/latest/meta-data/",
  "http://169.254.1.1/",
  "http://[fe80::1]/",
  "http://[fe80::1%25eth0]/",
  "http://[fd00:ec2::254]/",
  "http://[fd20:ce::254]/",
  "http://168.63.129.16/",
  "http://100.100.100.200/",
  "http://192.0.0.192/",
  "http://0xA9FEA9FE/",
  "http://2852039166/",
  "http://0251.0376.0251.0376/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://metadata.google.internal/",
  "http://metadata/",
  "http://METADATA.google.internal./",
  "http://instance-data/",
  "http://169.254.169.254.nip.io/",
  // no address of the Internet at all
  "http://255.255.255.255/",
  "http://224.0.0.1/",
  "http://[ff02::1]/",
  "http://192.0.2.1/",
  "http://[2001:db8::1]/",
  "http://[2001:0:1::1]/",
  // tricks with user names, backslashes and fragments
  "http://example.com@127.0.0.1:{port}/",
  "http://user:password@example.com/",
  "http://127.0.0.1:{port}@example.com/",
  "http://127.0.0.1:{port}\\@example.com/",
  "http:\\\\127.0.0.1:{port}\\",
  "http:127.0.0.1:{port}",
  "http://127.0.0.1:{port}#@example.com/",
  "http://127.0.0.1:{port}?@example.com/",
  "ht\ntp://127.0.0.1:{port}/",
  " http://127.0.0.1:{port}/",
  "http://127.0.0.1\t:{port}/",
  // other protocols and the ports of other protocols
  "file:///etc/passwd",
  "file://localhost/etc/passwd",
  "unix:/var/run/docker.sock",
  "ftp://example.com/",
  "gopher://127.0.0.1:{port}/",
  "data:text/plain,hi",
  "javascript:1",
  "ws://127.0.0.1:{port}/",
  "blob:http://127.0.0.1:{port}/x",
  "//127.0.0.1:{port}/",
  "127.0.0.1:{port}",
  "http://example.com:22/",
  "http://example.com:25/",
  "http://example.com:6379/",
  "http://example.com:0/",
  "http://example.com:99999/",
  "",
];

describe("addresses that must not be called", () => {
  it("F.7 has more than 60 vectors", () => {
    expect(new Set(vectors).size).toBeGreaterThanOrEqual(60);
    expect(new Set(vectors).size).toBe(vectors.length);
  });

  it("F.7 lets none of them pass: each is refused, and nothing is ever connected", async () => {
    const { port, connections } = await serve();
    const guarded = client();
    const passed: unknown[] = [];
    for (const vector of vectors) {
      const url = vector.replaceAll("{port}", String(port));
      const end = await guarded
        .request({ url, limits: { timeoutMs: 2000 } })
        .catch((error: unknown) => error);
      const code = typeof end === "object" && end !== null && "code" in end ? end.code : "passed";
      if (code !== "ADDRESS_REFUSED" && code !== "VALIDATION_FAILED") passed.push([url, code]);
    }
    expect(passed).toEqual([]);
    expect(connections()).toBe(0);
  });

  it("F.7 includes metadata and link-local addresses even where private ones may be called", async () => {
    const guarded = client({
      allowPrivate: true,
      allowHosts: ["169.254.169.254", "metadata.google.internal", "fe80::1"],
    });
    for (const url of [
      "http://169.254.169.254/",
      "http://metadata.google.internal/",
      "http://[fe80::1]/",
      "http://[fd00:ec2::254]/",
      "http://100.100.100.200/",
      "http://168.63.129.16/",
      "http://0.0.0.0/",
      "http://169.254.169.254.nip.io/",
    ]) {
      await expect(guarded.request({ url })).rejects.toMatchObject({
        code: "ADDRESS_REFUSED",
        retryable: false,
      });
    }
  });

  it("F.7 is not fooled by a name that changes its meaning: it connects to what it checked", async () => {
    const { port, connections } = await serve();
    const answers = [["203.0.114.1"], ["127.0.0.1"], ["127.0.0.1"]];
    let asked = 0;
    const guarded = client({ resolve: async () => answers[asked++] ?? ["127.0.0.1"] });
    const url = `http://rebinding.example:${port}/`;
    // The first answer is public: the client goes there (and does not get far from here), whatever the name means by then.
    await expect(guarded.request({ url, limits: { timeoutMs: 200 } })).rejects.toMatchObject({
      retryable: true,
    });
    expect(asked).toBe(1);
    await expect(guarded.request({ url })).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
    expect(connections()).toBe(0);
  });

  it("F.7 does not follow a redirect, wherever it leads", async () => {
    const inner = await serve();
    const outer = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end();
    });
    const guarded = client({
      allowHosts: [`outer.example:${outer.port}`],
      resolve: async () => ["127.0.0.1"],
    });
    const answer = await guarded.request({ url: `http://outer.example:${outer.port}/` });
    expect([answer.status, answer.headers["location"]]).toEqual([302, `http://127.0.0.1:${inner.port}/`]);
    expect(inner.connections()).toBe(0);
  });
});

describe("calls that may be made", () => {
  it("reach private addresses where these are allowed, and listed hosts anywhere, by their name", async () => {
    const { port } = await serve((request, response) => response.end(request.headers.host));
    const open = client({ allowPrivate: true });
    expect(Buffer.from((await open.request({ url: `http://localhost:${port}/` })).body).toString()).toBe(
      `localhost:${port}`,
    );
    const listed = client({ allowHosts: [`internal.example:${port}`], resolve: async () => ["127.0.0.1"] });
    const answer = await listed.request({ url: `http://Internal.Example:${port}/` });
    expect(Buffer.from(answer.body).toString()).toBe(`internal.example:${port}`);
    await expect(listed.request({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
    });
  });

  it("carry method, headers and body, and bring back status, headers and body", async () => {
    const { port } = await serve((request, response) => {
      response.writeHead(201, {
        "x-got": `${request.method} ${request.headers["x-mine"]?.toString() ?? ""}`,
      });
      request.pipe(response);
    });
    const answer = await client({ allowPrivate: true }).request({
      method: "put",
      url: `http://127.0.0.1:${port}/`,
      headers: { "X-Mine": "yes" },
      body: "漢",
    });
    expect([answer.status, answer.headers["x-got"], Buffer.from(answer.body).toString()]).toEqual([
      201,
      "PUT yes",
      "漢",
    ]);
  });

  it.each([
    ["a line break in a header", { headers: { a: "b\r\nx: y" } }],
    ["a header with a wrong name", { headers: { "a b": "c" } }],
    ["another host", { headers: { Host: "internal" } }],
    ["its own framing", { headers: { "transfer-encoding": "chunked" } }],
    ["a method that is no token", { method: "GET / HTTP/1.1" }],
  ])("are refused when they would smuggle %s", async (_what, request) => {
    const { port, connections } = await serve();
    const call = client({ allowPrivate: true }).request({ url: `http://127.0.0.1:${port}/`, ...request });
    await expect(call).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect(connections()).toBe(0);
  });
});

describe("answers", () => {
  const local = (port: number): string => `http://127.0.0.1:${port}/`;

  it("are bounded: a body without end is cut off", async () => {
    const { port } = await serve((_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        response.once("drain", more);
      };
      more();
    });
    const call = client({ allowPrivate: true }).request({
      url: local(port),
      limits: { maxBytes: 1_000_000 },
    });
    await expect(call).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE", retryable: false });
  });

  it("are not decompressed, so that a bomb stays small", async () => {
    const { port } = await serve((request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(request.headers["accept-encoding"]);
    });
    const answer = await client({ allowPrivate: true }).request({ url: local(port) });
    expect(Buffer.from(answer.body).toString()).toBe("identity");
  });

  it.each<[string, Answer]>([
    ["never begins", () => undefined],
    ["never ends", (_request, response) => void response.write("begun")],
  ])("must come in time: one that %s is given up", async (_what, answer) => {
    const { port } = await serve(answer);
    const call = client({ allowPrivate: true }).request({ url: local(port), limits: { timeoutMs: 50 } });
    await expect(call).rejects.toMatchObject({ code: "TIMEOUT", retryable: true });
  });

  it("are given up when the caller gives up, with the caller's own reason", async () => {
    const reason = new Error("changed my mind");
    const controller = new AbortController();
    const { port } = await serve(() => controller.abort(reason));
    const call = client({ allowPrivate: true }).request({ url: local(port), signal: controller.signal });
    await expect(call).rejects.toBe(reason);
  });

  it("that do not come say why, and may be asked for again", async () => {
    const { port } = await serve((request) => request.socket.destroy());
    const guarded = client({ allowPrivate: true, resolve: async () => [] });
    await expect(guarded.request({ url: local(port) })).rejects.toMatchObject({
      code: "EXECUTION_FAILED",
      retryable: true,
    });
    await expect(guarded.request({ url: "http://nowhere.example/" })).rejects.toMatchObject({
      details: { reason: "ENOTFOUND" },
    });
    await expect(guarded.request({ url: "http://127.0.0.1:1/" })).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
    });
  });

  it("can be read as they come, within their bound", async () => {
    const { port } = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n", () => response.end("data: 2\n\n"));
    });
    const guarded = client({ allowPrivate: true });
    const stream = await guarded.open({ url: local(port) });
    let text = "";
    for await (const chunk of stream.body) text += Buffer.from(chunk).toString();
    expect([stream.headers["content-type"], text]).toEqual(["text/event-stream", "data: 1\n\ndata: 2\n\n"]);
    const bounded = await guarded.open({ url: local(port), limits: { maxBytes: 10 } });
    const read = async (): Promise<void> => {
      for await (const chunk of bounded.body) void chunk;
    };
    await expect(read()).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    const left = await guarded.open({ url: local(port) });
    left.close();
  });
});
