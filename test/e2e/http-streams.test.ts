// Streams end to end: over restarts of the server, for many readers, and on the command line.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { createClient } from "../../src/client/index.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createHttpServer } from "../../src/http/server.ts";
import { Workplace } from "./cli-process.ts";
import { HttpRota } from "./http-rota.ts";

const echo = defineExecutor({ type: "echo", run: () => "done" });

async function serve(folder: string, port: number, limits: { readonly streams?: number } = {}) {
  const database = `sqlite:${join(folder, "rota.db")}`;
  const rota = await createRota({ database, executors: [echo], limits });
  const { clock } = rota;
  const invoke = rota.invoke.bind(rota);
  const server = createHttpServer({ host: "127.0.0.1", port, clock, invoke });
  const url = await server.listen();
  const stop = async (): Promise<void> => {
    await server.close();
    await rota.stop();
  };
  return { rota, url, stop };
}

describe("a client that follows events", () => {
  it("P12 R12 misses nothing and hears nothing twice while the server is restarted under it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rota-streams-"));
    let server = await serve(folder, 0);
    const { url } = server;
    const client = createClient({ baseUrl: url });
    const task = await client.tasks.create({ name: "t", type: "echo" });
    const [first] = await heard(client.events({ lastEventId: "x" }), 1);
    expect(first).toMatchObject({ type: "reset", reason: "foreign" });
    const hearing = heard(client.events({ type: "run.*", lastEventId: first?.id ?? "" }), 90);
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 10; n++) await (await server.rota.trigger(task.id)).result();
      await server.stop();
      server = await serve(folder, Number(new URL(url).port));
    }
    const events = await hearing;
    expect(events.map(({ position }) => position)).toEqual(
      Array.from({ length: 90 }, (_, index) => (first?.position ?? 0) + 1 + index),
    );
    await server.stop();
    rmSync(folder, { recursive: true });
  }, 30_000);

  it("is told by an error when it cannot begin, and ends when its signal says so", async () => {
    await using rota = await HttpRota.start();
    const client = createClient({ baseUrl: rota.url });
    await expect(heard(client.events({ taskId: "task_1" }), 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(heard(client.runs.stream({ id: "run_1" }), 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const stopping = new AbortController();
    const hearing = heard(client.events({}, { signal: stopping.signal }), 1);
    stopping.abort(new Error("enough"));
    await expect(hearing).rejects.toThrow("enough");
  });

  it("P7 follows a run to its end", async () => {
    await using rota = await HttpRota.start();
    const client = createClient({ baseUrl: rota.url });
    const { id } = await rota.run(await rota.task({ type: "talkative" }));
    const items = await heard(client.runs.stream({ id: String(id) }), 100);
    expect(items.map(({ type }) => type)).toEqual([
      "log",
      "output",
      "progress",
      "run.created",
      "run.started",
      "run.completed",
      "end",
    ]);
    expect(items.at(-1)).toMatchObject({ run: { id, result: { data: "done" } } });
  });

  it("is refused when too many follow already, and the others are not disturbed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rota-streams-"));
    const server = await serve(folder, 0, { streams: 2 });
    const client = createClient({ baseUrl: server.url });
    const stopping = new AbortController();
    const open = () => fetch(`${server.url}/api/v1/events`, { signal: stopping.signal });
    const [one, two] = [await open(), await open()];
    expect([one.status, two.status]).toEqual([200, 200]);
    const third = await open();
    expect(third.status).toBe(503);
    expect(third.headers.get("retry-after")).toBe("1");
    expect(await third.json()).toMatchObject({ code: "OVERLOADED", retryable: true });
    const reader = one.body?.pipeThrough(new TextDecoderStream()).getReader();
    await client.tasks.create({ name: "t", type: "echo" });
    let text = "";
    while (!text.includes("task.created")) text += (await reader?.read())?.value ?? "";
    expect(text).toContain('"type":"task.created"');
    stopping.abort();
    await server.stop();
    rmSync(folder, { recursive: true });
  });
});

describe("the command line", () => {
  it("P12 follows events, runs and logs, as lines or as JSON", async () => {
    await using place = new Workplace();
    const server = await place.serve("--allow-commands", "sh");
    const { id: task } = await place.json(
      "tasks",
      "create",
      "talk",
      "--type",
      "command",
      "--params",
      '{"command":"sh","args":["-c","echo one >&2; echo two >&2; echo 7"]}',
    );
    const hearing = new AbortController();
    const client = createClient({ baseUrl: server.url });
    const events = heard(client.events({ type: "run.completed" }, { signal: hearing.signal }), 1);
    const { id: run } = await place.json("tasks", "trigger", String(task));
    expect(await events).toMatchObject([{ type: "run.completed", runId: run }]);
    const watched = await place.rota("runs", "watch", String(run), "--json");
    const items = watched.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; message?: string });
    expect(items.filter(({ type }) => type === "log").map(({ message }) => message)).toEqual(["one", "two"]);
    expect(items.at(-1)).toMatchObject({ type: "end", run: { id: run, status: "completed" } });
    for (const words of [
      ["logs", "-f"],
      ["runs", "logs", "--follow"],
    ]) {
      const { code, out } = await place.rota(...words, String(run));
      expect(code).toBe(0);
      expect(out).toMatch(/info {12}one\n.*info {12}two\n.*end {13}run_\w+ {2}completed\n/);
    }
    const plain = await place.rota("logs", String(run));
    expect(plain.out).toContain("one");
  }, 60_000);

  it("says that nothing can be followed while no server runs", async () => {
    await using place = new Workplace();
    const { code, err } = await place.rota("events");
    expect(code).not.toBe(0);
    expect(err).toContain("rota serve");
  });
});

async function heard<Item>(stream: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}
