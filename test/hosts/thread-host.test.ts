// Threads, real ones: what code may do in them, and that force ends it.

import { afterEach, describe, expect, it } from "vitest";
import { SystemClock } from "../../src/app/system-clock.ts";
import { RotaError } from "../../src/domain/errors.ts";
import type { Json } from "../../src/domain/json.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { ThreadHost, type ThreadHostOptions } from "../../src/hosts/thread/thread-host.ts";
import { onFixture } from "./on-fixture.ts";
import { MemoryServices } from "./run-services.ts";

const open: ThreadHost[] = [];

afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
});

function setup(options: Partial<ThreadHostOptions> = {}) {
  const host = new ThreadHost({ clock: new SystemClock(), ...options });
  open.push(host);
  const run = (type: string, params: Json = {}, services = new MemoryServices()) => {
    const hosted = host.run(onFixture("thread", type), params, services);
    return { ...hosted, hosted, outcome: hosted.outcome, services };
  };
  const data = async (type: string, params: Json = {}): Promise<Json> => {
    const outcome: Outcome = await run(type, params).outcome;
    expect(outcome).toMatchObject({ kind: "completed" });
    return outcome.kind === "completed" ? outcome.data : null;
  };
  return { host, run, data };
}

describe("code in threads", () => {
  it("S2.13 runs outside the main thread, and its result comes back", async () => {
    const { data } = setup();
    expect(await data("echo", { a: [1, "zwei", null] })).toEqual({ a: [1, "zwei", null] });
    expect(await data("where")).toMatchObject({
      pid: process.pid,
      threadId: expect.not.toBeOneOf([0]) as number,
    });
  });

  it("SEM 26 carries the whole context over the channel", async () => {
    const { run, data } = setup();
    expect(await data("facts")).toEqual({
      runId: "run_1",
      taskId: "task_00000000000000000000000001",
      attempt: 1,
      at: 1_700_000_000_000,
      key: "run_1",
      resumed: null,
    });
    const { outcome, services } = run("writes");
    expect(await outcome).toEqual({
      kind: "completed",
      data: { ok: true },
      message: "all written",
      metadata: {},
    });
    expect([services.progressed, services.lines, services.emitted, services.checkpoints]).toEqual([
      [{ percent: 10 }],
      [{ level: "info", message: "hello", fields: { n: 1 } }],
      ["chunk"],
      1,
    ]);
  });

  it("finds an executor in a default export, an array or an object, and names what there is otherwise", async () => {
    const { run, data } = setup();
    expect([await data("in-default-array"), await data("in-object")]).toEqual(["found", "found"]);
    expect(await run("unknown").outcome).toMatchObject({
      kind: "failed",
      error: {
        code: "EXECUTOR_NOT_FOUND",
        retryable: false,
        message: expect.stringContaining("it has aborts, asks") as string,
      },
    });
  });

  it("S2.30 fails a run whose module cannot be loaded", async () => {
    const { host } = setup();
    const { outcome } = host.run(onFixture("thread", "any", "broken.ts"), {}, new MemoryServices());
    expect(await outcome).toMatchObject({
      kind: "failed",
      error: { message: "this module fails while it is loaded" },
    });
  });

  it("SEM 8 keeps steps through the channel and replays them in the next attempt", async () => {
    const { run } = setup();
    const steps = new Map<string, Json>();
    expect(await run("steps", {}, new MemoryServices({ steps })).outcome).toMatchObject({ kind: "failed" });
    expect(await run("steps", {}, new MemoryServices({ steps, attempt: 2 })).outcome).toEqual({
      kind: "completed",
      data: "made in attempt 1",
    });
  });

  it("SEM 8 suspends on a question and on a signal, with the instant by which it is due", async () => {
    const { run } = setup();
    const asked = await run("asks").outcome;
    expect(asked).toMatchObject({ kind: "suspended", question: { prompt: "go on?", options: ["yes"] } });
    const state = asked.kind === "suspended" ? (asked.state ?? null) : null;
    const answered = run("asks", {}, new MemoryServices({ resumed: { state, answer: "yes" } }));
    expect(await answered.outcome).toEqual({ kind: "completed", data: "yes" });
    const before = Date.now();
    const waiting = await run("waits").outcome;
    const dueMs = waiting.kind === "suspended" ? (waiting.answerByMs ?? 0) : 0;
    expect(dueMs).toBeGreaterThanOrEqual(before + 60_000);
    expect(dueMs).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it.each([
    ["a text", "text", { code: "EXECUTION_FAILED", message: "only words", retryable: true }],
    ["undefined", "undefined", { code: "EXECUTION_FAILED", retryable: true }],
    ["NonRetryableError", "nonRetryable", { code: "NON_RETRYABLE", retryable: false }],
    ["an error with a code", "coded", { code: "ECONNREFUSED", message: "refused" }],
  ])("S2.30 makes a failure of %s thrown there", async (_what, what, error) => {
    expect(await setup().run("throws", { what }).outcome).toMatchObject({ kind: "failed", error });
  });

  it.each(["throws-later", "lost-promise"])(
    "S2.30 makes a failure of what is thrown where nobody awaits it (%s)",
    async (type) => {
      const { run, data } = setup({ maxThreads: 1 });
      expect(await run(type).outcome).toMatchObject({ kind: "failed", error: { code: "EXECUTION_FAILED" } });
      expect(await data("where")).toMatchObject({ runsHere: 1 });
    },
  );

  it("refuses a result of a gigabyte and one without a JSON form, there and not here", async () => {
    const { run } = setup();
    expect(await run("big").outcome).toMatchObject({ error: { code: "RESULT_TOO_LARGE", retryable: false } });
    expect(await run("not-json").outcome).toMatchObject({
      error: { code: "RESULT_NOT_SERIALIZABLE", retryable: false },
    });
  });

  it("SEM 9 carries the abort with its reason, and the run ends as that reason says", async () => {
    const { run } = setup();
    const { outcome, services } = run("obeys");
    await services.progressOf();
    services.controller.abort(new RotaError("TIMEOUT", "took too long"));
    expect(await outcome).toMatchObject({ kind: "timed-out", error: { code: "TIMEOUT" } });
    expect(services.messages).toEqual(["told: TIMEOUT took too long"]);
  });

  it("S1.83 ends an endless loop by force", async () => {
    const { run, data } = setup({ maxThreads: 1 });
    const { hosted, outcome, services } = run("spins");
    await services.progressOf();
    services.controller.abort(new RotaError("TIMEOUT", "took too long"));
    expect(await hosted.kill()).toBe("killed");
    expect(await outcome).toMatchObject({ kind: "timed-out" });
    expect(await data("echo", 1)).toBe(1);
  });

  it("cannot suspend a thread and says so", async () => {
    const { hosted, outcome, services } = setup().run("obeys");
    await services.progressOf();
    expect(await hosted.suspend()).toBe(false);
    await hosted.kill();
    expect(await outcome).toEqual({ kind: "aborted" });
  });

  it("makes a failure of process.exit(), and of running out of memory", async () => {
    const { run } = setup({ maxHeapMb: 32 });
    expect(await run("exits", { code: 3 }).outcome).toMatchObject({
      error: { message: "the thread ended with code 3 before the run did", details: { exitCode: 3 } },
    });
    expect(await run("exhausts").outcome).toMatchObject({
      kind: "failed",
      error: { code: "ERR_WORKER_OUT_OF_MEMORY" },
    });
  });

  it("uses a thread again, but not one in which a run left something at work", async () => {
    const { data } = setup({ maxThreads: 1 });
    expect(await data("where")).toMatchObject({ runsHere: 1 });
    expect(await data("where")).toMatchObject({ runsHere: 2 });
    expect(await data("leaves-timer")).toMatchObject({ runsHere: 3 });
    expect(await data("where")).toMatchObject({ runsHere: 1 });
  });

  it("runs no more at once than it may, the others in order", async () => {
    const { run } = setup({ maxThreads: 2 });
    const first = run("obeys");
    const second = run("obeys");
    await Promise.all([first.services.progressOf(), second.services.progressOf()]);
    const third = run("echo", "third");
    const given = run("obeys");
    given.services.controller.abort(new RotaError("CANCELLED", "asked to"));
    expect(await given.outcome).toEqual({ kind: "aborted" });
    first.services.controller.abort(new RotaError("CANCELLED", "asked to"));
    expect(await third.outcome).toEqual({ kind: "completed", data: "third" });
    expect(await second.hosted.kill()).toBe("killed");
    expect(await second.outcome).toEqual({ kind: "aborted" });
  });

  it("starts nothing for a run that was told to stop before", async () => {
    const services = new MemoryServices();
    services.controller.abort(new RotaError("CANCELLED", "asked to"));
    expect(await setup().run("echo", 1, services).outcome).toEqual({ kind: "aborted" });
  });

  it("ends what is at work when it is closed, and takes nothing afterwards", async () => {
    const { host, run } = setup({ maxThreads: 1 });
    const { outcome, services } = run("spins");
    const waiting = run("echo", 1);
    await services.progressOf();
    await host.close();
    expect(await outcome).toEqual({ kind: "interrupted", reason: "shutdown" });
    expect(await waiting.outcome).toEqual({ kind: "interrupted", reason: "shutdown" });
    expect(await run("echo", 1).outcome).toMatchObject({ kind: "failed", error: { code: "CLOSED" } });
  });
});
