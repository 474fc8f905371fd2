// I9 against a real Rota: no input, however malformed, gets a 5xx, and none is altered on its way.
import { describe, expect, it } from "vitest";
import { operations } from "../../src/contract/catalogue.ts";
import { HttpRota } from "./http-rota.ts";

const hostile: readonly unknown[] = [
  "",
  "\u0000",
  "\ud800",
  "a\r\nX-Injected: 1",
  "x".repeat(20_000),
  -1,
  0,
  1.5,
  2 ** 53,
  -1e308,
  true,
  null,
  [],
  [[[[]]]],
  {},
  { a: { b: [1] } },
  "__proto__",
  "constructor",
  "9999-99-99T99:99:99Z",
  "9999-12-31T23:59:59Z",
  "0001-01-01T00:00:00Z",
  "285y",
  "PT9999999999H",
  "' OR 1=1; DROP TABLE runs; --",
  "${jndi:ldap://x}",
  "../../etc/passwd",
  "<script>alert(1)</script>",
  "* * * * * * *",
];

/** What is needed so that each field in turn is reached with everything else right. */
const valid: Readonly<Record<string, unknown>> = {
  name: "x",
  type: "echo",
  params: { text: "x" },
  trigger: { kind: "interval", every: "1h" },
  answer: 1,
};

describe("I9 a hostile value", () => {
  it("in any one field of any operation gets an answer that is not the server's fault", async () => {
    await using rota = await HttpRota.start();
    const taskId = await rota.task({ type: "echo", params: { text: "x" } });
    const runId = String((await rota.run(taskId))["id"]);
    const faults: string[] = [];
    for (const operation of operations) {
      if (operation.name === "tasks.delete" || operation.name === "tasks.cancel") continue;
      const id = operation.path.startsWith("/api/v1/runs") ? runId : taskId;
      const path = operation.path
        .replace("{id}", id)
        .replace("{name}", "default")
        .replace(/\{\w+\}/, "echo");
      const fields = Object.keys(operation.input.shape).filter(
        (field) => !operation.path.includes(`{${field}}`),
      );
      for (const field of fields) {
        for (const value of hostile) {
          const isRead = operation.method === "GET" || operation.query?.includes(field) === true;
          const known = Object.fromEntries(Object.entries(valid).filter(([name]) => fields.includes(name)));
          const query = `${path}?${field}=${encodeURIComponent(typeof value === "string" ? value.toWellFormed() : JSON.stringify(value))}`;
          const { status } = isRead
            ? await rota.ask(operation.method, query)
            : await rota.ask(operation.method, path, { ...known, [field]: value });
          if (status >= 500)
            faults.push(`${operation.name} ${field}=${JSON.stringify(value).slice(0, 60)}: ${status}`);
        }
      }
    }
    expect(rota.faults).toEqual([]);
    expect(faults).toEqual([]);
    expect((await rota.ask("GET", "/readyz")).status).toBe(200);
  }, 120_000);

  it("in the path is not found", async () => {
    await using rota = await HttpRota.start();
    for (const value of [
      "%00",
      "%0d%0a",
      "..%2f..",
      "x".repeat(900),
      "%F0%9F%92%A9",
      "__proto__",
      "task_00000000000000000000000000",
      "run_zzzzzzzzzzzzzzzzzzzzzzzzzz",
    ]) {
      for (const path of [`/api/v1/tasks/${value}`, `/api/v1/runs/${value}`, `/api/v1/queues/${value}`]) {
        const { status } = await rota.ask("GET", path);
        expect([400, 404]).toContain(status);
      }
    }
  });

  it("F.7 in params comes back exactly as it was sent, or is refused", async () => {
    await using rota = await HttpRota.start();
    const kept: readonly unknown[] = [
      "\u0000",
      "\ud800",
      "\u2028",
      2 ** 53,
      1e-320,
      -0.1,
      "",
      { constructor: { prototype: 1 } },
      { "": [null] },
      "x".repeat(100_000),
    ];
    for (const value of kept) {
      const id = await rota.task({ type: "talkative", params: { value } });
      const { body } = await rota.ask("GET", `/api/v1/tasks/${id}`);
      expect(body["params"]).toEqual({ value });
    }
    const refused = [
      '{"value":9007199254740993}',
      '{"value":1e400}',
      '{"value":1,"value":2}',
      '{"__proto__":{}}',
      `{"value":${"[".repeat(65)}${"]".repeat(65)}}`,
    ];
    for (const params of refused) {
      const { status } = await rota.ask(
        "POST",
        "/api/v1/tasks",
        `{"name":"x","type":"talkative","params":${params}}`,
      );
      expect(status).toBe(400);
    }
  });

  it("F.7 of the largest sizes is taken up to the limit and refused above it", async () => {
    await using rota = await HttpRota.start();
    const of = (bytes: number) => ({ name: "x", type: "talkative", params: "x".repeat(bytes - 2) });
    expect((await rota.ask("POST", "/api/v1/tasks", of(1_048_576))).status).toBe(201);
    expect(await rota.ask("POST", "/api/v1/tasks", of(1_048_577))).toMatchObject({
      status: 413,
      body: { code: "PAYLOAD_TOO_LARGE" },
    });
    expect(await rota.ask("POST", "/api/v1/tasks", of(5_000_000))).toMatchObject({
      status: 413,
      body: { code: "PAYLOAD_TOO_LARGE" },
    });
  });
});
