// Processes, real ones: crashes, force, suspension, and that nothing outlives its worker.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { SystemClock } from "../../src/app/system-clock.ts";
import { RotaError } from "../../src/domain/errors.ts";
import type { Json } from "../../src/domain/json.ts";
import { defaultLimits } from "../../src/domain/limits.ts";
import { ProcessHost, type ProcessHostOptions } from "../../src/hosts/process/process-host.ts";
import { onFixture } from "./on-fixture.ts";
import { MemoryServices } from "./run-services.ts";

const open: ProcessHost[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function setup(options: Partial<ProcessHostOptions> = {}) {
  const host = new ProcessHost({ clock: new SystemClock(), ...options });
  open.push(host);
  const run = (type: string, params: Json = {}, services = new MemoryServices()) => {
    const hosted = host.run(onFixture("process", type), params, services);
    return { hosted, outcome: hosted.outcome, services };
  };
  const data = async (type: string, params: Json = {}): Promise<Json> => {
    const outcome = await run(type, params).outcome;
    expect(outcome).toMatchObject({ kind: "completed" });
    return outcome.kind === "completed" ? outcome.data : null;
  };
  return { host, run, data };
}

/** A named pipe, and the moment when nobody holds its other end any more. */
function lifeline(): { readonly pipe: string; readonly allGone: Promise<unknown> } {
  const folder = mkdtempSync(join(tmpdir(), "rota-hosts-"));
  folders.push(folder);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = createReadStream(pipe);
  reader.resume();
  return { pipe, allGone: once(reader, "end") };
}

function pidOf(report: Json): number {
  return (report as { readonly pid: number }).pid; // what the fixtures report
}

/** The state letter of a process as Linux tells it: R running, S sleeping, T stopped. */
function stateOf(pid: number): string {
  return /\) (\w)/u.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1] ?? "";
}

describe("code in processes of its own", () => {
  it("S2.13 runs elsewhere, and its result comes back", async () => {
    const { data } = setup();
    expect(await data("echo", { a: [1, "zwei", null, "漢\u2028\u0000"] })).toEqual({
      a: [1, "zwei", null, "漢\u2028\u0000"],
    });
    expect(pidOf(await data("where"))).not.toBe(process.pid);
  });

  it("SEM 26 carries the whole context over the channel, steps and questions included", async () => {
    const { run, data } = setup();
    expect(await data("facts")).toMatchObject({ runId: "run_1", attempt: 1, key: "run_1" });
    const { outcome, services } = run("writes");
    expect(await outcome).toMatchObject({ kind: "completed", message: "all written" });
    expect([services.progressed, services.messages, services.emitted, services.checkpoints]).toEqual([
      [{ percent: 10 }],
      ["hello"],
      ["chunk"],
      1,
    ]);
    const steps = new Map<string, Json>();
    await run("steps", {}, new MemoryServices({ steps })).outcome;
    expect(await run("steps", {}, new MemoryServices({ steps, attempt: 2 })).outcome).toMatchObject({
      data: "made in attempt 1",
    });
    expect(await run("asks").outcome).toMatchObject({ kind: "suspended", question: { prompt: "go on?" } });
  });

  it("takes params and results up to their limit, and refuses a result of a gigabyte there", async () => {
    const { run, data } = setup();
    const mebibyte = "x".repeat(1_048_576 - 2);
    expect(await data("echo", mebibyte)).toBe(mebibyte);
    expect(await run("big").outcome).toMatchObject({ error: { code: "RESULT_TOO_LARGE", retryable: false } });
  });

  it.each([
    ["a text", "text", { message: "only words" }],
    ["undefined", "undefined", { code: "EXECUTION_FAILED" }],
    ["NonRetryableError", "nonRetryable", { code: "NON_RETRYABLE", retryable: false }],
  ])("S2.30 makes a failure of %s thrown there", async (_what, what, error) => {
    expect(await setup().run("throws", { what }).outcome).toMatchObject({ kind: "failed", error });
  });

  it.each(["throws-later", "lost-promise"])(
    "S2.30 makes a failure of what is thrown where nobody awaits it (%s)",
    async (type) => {
      const { run, data } = setup({ maxProcesses: 1 });
      expect(await run(type).outcome).toMatchObject({ kind: "failed", error: { code: "EXECUTION_FAILED" } });
      expect(await data("where")).toMatchObject({ runsHere: 1 });
    },
  );

  it("makes a failure of an exit, telling its code", async () => {
    expect(await setup().run("exits", { code: 3 }).outcome).toMatchObject({
      kind: "failed",
      error: {
        message: "the process ended with code 3 before the run did",
        details: { exitCode: 3, signal: null },
      },
    });
  });

  it("makes a failure of a crash, telling the signal and the last words", async () => {
    const outcome = await setup().run("aborts").outcome;
    expect(outcome).toMatchObject({ kind: "failed", error: { details: { signal: "SIGABRT" } } });
    expect(JSON.stringify(outcome)).toContain("about to crash");
  });

  it("makes a failure of running out of memory", async () => {
    const { run, data } = setup({ maxHeapMb: 24 });
    expect(await run("exhausts").outcome).toMatchObject({
      kind: "failed",
      error: { details: { signal: "SIGABRT" } },
    });
    expect(await data("echo", 1)).toBe(1);
  });

  it("fails a run when its program cannot even be started", async () => {
    const { host } = setup();
    const executor = { ...onFixture("process", "any"), moduleUrl: "file:///nowhere/at/all.ts" };
    const { outcome } = host.run(executor, {}, new MemoryServices());
    expect(await outcome).toMatchObject({ kind: "failed", error: { code: "ERR_MODULE_NOT_FOUND" } });
  });
});

describe("what a process prints", () => {
  it("becomes log lines of its run, the last without an end of line too", async () => {
    const { outcome, services } = setup().run("prints");
    await outcome;
    expect(services.lines).toContainEqual({
      level: "info",
      message: "to stdout",
      fields: { stream: "stdout" },
    });
    expect(services.lines).toContainEqual({
      level: "warn",
      message: "to stderr",
      fields: { stream: "stderr" },
    });
    expect(services.lines).toContainEqual({
      level: "info",
      message: "without an end of line",
      fields: { stream: "stdout" },
    });
    expect(services.lines).toHaveLength(3);
  });

  it("belongs to the run that printed it, not to the next one in the same process", async () => {
    const { run } = setup({ maxProcesses: 1 });
    for (let i = 0; i < 5; i++) {
      const { outcome, services } = run("prints");
      await outcome;
      expect(services.messages.toSorted()).toEqual(["to stderr", "to stdout", "without an end of line"]);
    }
  });

  it("SEM 36 is bounded: 10 MB of stderr are cut with a mark, and the run completes", async () => {
    const { run } = setup({ limits: { ...defaultLimits, logBytes: 65_536 } });
    const { outcome, services } = run("floods", { lines: 10_240 });
    expect(await outcome).toMatchObject({ kind: "completed" });
    expect(services.lines).toHaveLength(64);
    expect(services.messages.at(-1)).toBe("… (the rest is cut: more than 65536 bytes)");
  });
});

describe("abort and force", () => {
  it("SEM 9 carries the abort to the code, which may end by itself", async () => {
    const { outcome, services } = setup().run("obeys");
    await services.progressOf();
    services.controller.abort(new RotaError("CANCELLED", "asked to", { details: { by: "a person" } }));
    expect(await outcome).toEqual({ kind: "aborted" });
    expect(services.messages).toEqual(["told: CANCELLED asked to"]);
  });

  it("S1.83 ends an endless loop by force", async () => {
    const { hosted, outcome, services } = setup().run("spins");
    const pid = pidOf(await services.progressOf());
    services.controller.abort(new RotaError("TIMEOUT", "took too long"));
    expect(await hosted.kill()).toBe("killed");
    expect(await outcome).toMatchObject({ kind: "timed-out", error: { code: "TIMEOUT" } });
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it.each([
    ["in its group", false],
    ["that left its group and session", true],
  ])("ends a grandchild %s with the run", async (_what, isDetached) => {
    const { pipe, allGone } = lifeline();
    const { hosted, outcome, services } = setup().run("breeds", { pipe, isDetached });
    await services.progressOf();
    await hosted.kill();
    expect(await outcome).toEqual({ kind: "aborted" });
    await allGone;
  });

  it("ends what a run leaves behind when it completes: its process is not used again", async () => {
    const { pipe, allGone } = lifeline();
    const { run, data } = setup({ maxProcesses: 1 });
    expect(await run("breeds", { pipe, isDetached: true, isDone: true }).outcome).toMatchObject({
      kind: "completed",
    });
    await allGone;
    expect(await data("where")).toMatchObject({ runsHere: 1 });
  });
});

describe("suspension", () => {
  it("really stops the process, and lets it go on where it was", async () => {
    const { run, data } = setup();
    const { hosted, services } = run("counts");
    const pid = pidOf(await services.progressOf());
    expect(await hosted.suspend()).toBe(true);
    // Another process takes its time meanwhile: what was on its way has arrived, and nothing follows.
    await data("echo", 1);
    expect(stateOf(pid)).toBe("T");
    const before = services.emitted.length;
    await data("leaves-timer");
    await data("leaves-timer");
    expect(services.emitted).toHaveLength(before);
    expect(await hosted.continue()).toBe(true);
    while (services.emitted.length <= before + 3) await services.nextWrite();
    expect(services.emitted).toEqual(services.emitted.map((_, index) => index));
    await hosted.kill();
  });

  it("SEM 9 wakes a stopped process when it is told to end, so that it can clean up", async () => {
    const { hosted, outcome, services } = setup().run("obeys");
    await services.progressOf();
    await hosted.suspend();
    services.controller.abort(new RotaError("CANCELLED", "asked to"));
    expect(await outcome).toEqual({ kind: "aborted" });
    expect(services.messages).toEqual(["told: CANCELLED asked to"]);
  });

  it("ends a stopped process by force", async () => {
    const { hosted, outcome, services } = setup().run("spins");
    await services.progressOf();
    await hosted.suspend();
    await hosted.kill();
    expect(await outcome).toEqual({ kind: "aborted" });
  });
});

describe("the processes of a worker", () => {
  it("serve one run after the other, but not after a run that left something at work", async () => {
    const { data } = setup({ maxProcesses: 1 });
    const first = await data("where");
    expect(await data("where")).toEqual({ ...(first as object), runsHere: 2 });
    expect(await data("leaves-timer")).toMatchObject({ runsHere: 3 });
    expect(await data("where")).toMatchObject({ runsHere: 1 });
  });

  it("make room for runs of another module", async () => {
    const { host, data } = setup({ maxProcesses: 1 });
    await data("where");
    const { outcome } = host.run(onFixture("process", "any", "broken.ts"), {}, new MemoryServices());
    expect(await outcome).toMatchObject({ error: { message: "this module fails while it is loaded" } });
    expect(await data("where")).toMatchObject({ runsHere: 1 });
  });

  it("SEM 28 end when their worker is killed with -9: children, grandchildren, detached ones, endless loops", async () => {
    const { pipe, allGone } = lifeline();
    const entry = fileURLToPath(new URL("./fixtures/worker.ts", import.meta.url));
    const worker = spawn(process.execPath, [entry, pipe], { stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(worker, "exit");
    const [line] = (await once(createInterface(worker.stdout), "line")) as [string];
    const { supervisorPid, reports } = JSON.parse(line) as {
      supervisorPid: number;
      reports: { pid: number }[];
    };
    worker.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    await allGone;
    const spinning = reports.at(-1)?.pid ?? 0;
    await goneFor(supervisorPid);
    expect(() => stateOf(spinning)).toThrow("ENOENT");
  });

  it("SEM 28 end when the supervisor itself is killed, and the next run gets a new one", async () => {
    const { pipe, allGone } = lifeline();
    const { host, run, data } = setup();
    const { outcome, services } = run("breeds", { pipe, isDetached: false });
    await services.progressOf();
    process.kill(host.supervisorPid ?? 0, "SIGKILL");
    expect(await outcome).toMatchObject({ kind: "failed", error: { retryable: true } });
    await allGone;
    expect(await data("echo", 1)).toBe(1);
  });

  it("end when the host is closed, which takes nothing afterwards", async () => {
    const { pipe, allGone } = lifeline();
    const { host, run } = setup();
    const { outcome, services } = run("breeds", { pipe, isDetached: true });
    await services.progressOf();
    await host.close();
    expect(await outcome).toEqual({ kind: "interrupted", reason: "shutdown" });
    await allGone;
    expect(await run("echo", 1).outcome).toMatchObject({ error: { code: "CLOSED" } });
    expect(host.supervisorPid).toBeUndefined();
  });
});

/** Resolves when a process that is not our child has ended: `tail` of the coreutils waits for one. */
async function goneFor(pid: number): Promise<void> {
  await once(
    spawn("tail", ["--pid", String(pid), "-s", "0.02", "-f", "/dev/null"], { stdio: "ignore" }),
    "exit",
  );
}
