// The command line against a server: it finds it by itself, and the server starts, drains and ends as promised.
import { describe, expect, it } from "vitest";
import { Target, Workplace } from "./cli-process.ts";

describe("rota serve", () => {
  it("P12 P18 S0.6 prints its URL first, and commands in the same folder find it by the database alone (SEM 34)", async () => {
    await using place = new Workplace();
    await using target = await Target.start();
    const server = await place.serve();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);

    const params = JSON.stringify({ url: target.url("now") });
    const task = await place.json("tasks", "create", "ping", "--type", "http", "--params", params);
    const run = await place.json("tasks", "trigger", String(task["id"]), "--wait", "20s");
    expect(run).toMatchObject({ taskId: task["id"], status: "completed" });

    // The very answer of the HTTP API.
    const response = await fetch(`${server.url}/api/v1/runs/${String(run["id"])}`);
    expect(await place.json("runs", "get", String(run["id"]))).toEqual(await response.json());

    const table = await place.rota("tasks", "list");
    expect(table.out).toMatch(/^id +name +type +status/);
    expect(table.out).toContain(`${String(task["id"])}  ping  http`);
    expect(table.err).toBe("");
  });

  it("ends a command that waits for a run as the run ended", async () => {
    await using place = new Workplace();
    await using target = await Target.start();
    await place.serve();
    const create = async (name: string, url: string, ...more: string[]): Promise<string> => {
      const params = JSON.stringify({ url });
      const task = await place.json("tasks", "create", name, "--type", "http", "--params", params, ...more);
      return String(task["id"]);
    };
    const wait = (id: string, ms: string) => place.rota("tasks", "trigger", id, "--wait", ms);

    const nobody = await create("nobody answers", "http://127.0.0.1:9/", "--retry", '{"maxAttempts":1}');
    expect(await wait(nobody, "20s")).toMatchObject({ code: 7 });
    const slow = await create("slow", target.url("held"), "--timeout", "1s", "--retry", '{"maxAttempts":1}');
    expect(await wait(slow, "20s")).toMatchObject({ code: 9 });
    expect(await wait(await create("held", target.url("held")), "1")).toMatchObject({ code: 11 });
  });

  it("refuses a database that another process owns, and names its URL", async () => {
    await using place = new Workplace();
    const server = await place.serve();
    const { code, out, err } = await place.rota("serve", "--port", "0");
    expect(code).toBe(5);
    expect(out).toBe("");
    expect(err).toContain("[LEDGER_LOCKED]");
    expect(err).toContain(server.url);
  });

  it("P17 drains on SIGTERM: what runs may finish, then the process ends with 0", async () => {
    await using place = new Workplace();
    await using target = await Target.start();
    const server = await place.serve();
    const params = JSON.stringify({ url: target.url("held") });
    const task = await place.json("tasks", "create", "slow", "--type", "http", "--params", params);
    const run = await place.json("tasks", "trigger", String(task["id"]));
    const request = await target.request();

    server.kill("SIGTERM");
    await server.says("SIGTERM: stopping; what runs has 25s to finish");
    request.answer();
    expect(await server.ended).toMatchObject({ code: 0, signal: null });
    expect(await place.json("runs", "get", String(run["id"]))).toMatchObject({
      status: "completed",
      attempt: 1,
    });
  });

  it("ends at once on a second signal", async () => {
    await using place = new Workplace();
    await using target = await Target.start();
    const server = await place.serve();
    const params = JSON.stringify({ url: target.url("held") });
    const task = await place.json("tasks", "create", "slow", "--type", "http", "--params", params);
    await place.json("tasks", "trigger", String(task["id"]));
    await target.request();

    server.kill("SIGINT");
    await server.says("SIGINT: stopping");
    server.kill("SIGTERM");
    expect(await server.ended).toMatchObject({ code: 143 });
  });

  it("does not start with a wrong configuration, and says which value is wrong", async () => {
    await using place = new Workplace();
    const { code, err } = await place.rota("serve", "--port", "ten");
    expect(code).toBe(2);
    expect(err).toContain(
      'config: port: expected an integer from 0 to 65535, got "ten" (from --port) [CONFIG_INVALID]',
    );
  });
});

describe("a command to a server", () => {
  it("ends with the code of the server's error, and says it in one line", async () => {
    await using place = new Workplace();
    const server = await place.serve();
    const missing = await place.rota(
      "tasks",
      "get",
      "task_00000000000000000000000000",
      "--server",
      server.url,
    );
    expect(missing).toMatchObject({ code: 3, out: "" });
    expect(missing.err).toMatch(/^rota: .*not found.* \[NOT_FOUND\] → .*\n$/);
    const wrong = await place.rota("tasks", "create", "x", "--type", "http", "--every", "0s", "--json");
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.err)).toMatchObject({ code: "INVALID_TRIGGER" });
  });

  it("ends with 5 when nobody answers", async () => {
    await using place = new Workplace();
    const { code, err } = await place.rota("stats", "--server", "http://127.0.0.1:9");
    expect(code).toBe(5);
    expect(err).toContain("http://127.0.0.1:9");
  });
});
