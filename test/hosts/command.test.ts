// Programs, real ones, run by the command executor through the supervisor.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SystemClock } from "../../src/app/system-clock.ts";
import { RotaError } from "../../src/domain/errors.ts";
import type { Json } from "../../src/domain/json.ts";
import { defaultLimits } from "../../src/domain/limits.ts";
import {
  createCommandExecutor,
  type CommandExecutorOptions,
} from "../../src/executors/command/command-executor.ts";
import { ProcessHost } from "../../src/hosts/process/process-host.ts";
import { MemoryServices } from "./run-services.ts";

const python = fileURLToPath(new URL("./fixtures/report.py", import.meta.url));
let host: ProcessHost;

beforeAll(() => {
  host = new ProcessHost({ clock: new SystemClock() });
});

afterAll(async () => {
  await host.close();
});

function setup(options: Partial<CommandExecutorOptions> = {}) {
  const executor = createCommandExecutor({ processes: host, allow: "any", ...options });
  const run = (params: Json, services = new MemoryServices()) => {
    const hosted = host.run(executor, params, services);
    return { hosted, outcome: hosted.outcome, services };
  };
  const sh = (script: string, more: Record<string, Json> = {}) =>
    run({ command: "sh", args: ["-c", script], ...more });
  return { executor, run, sh };
}

describe("a program as a task", () => {
  it("states that it is tried once and not repeated when its worker is lost (C18, SEM 10)", () => {
    expect(setup().executor).toMatchObject({
      retry: { maxAttempts: 1 },
      onInterrupted: "fail",
      isolation: "process",
    });
  });

  it("SEM 28 takes JSON on stdin and answers on stdout, as JSON if it parses and as text otherwise", async () => {
    const { run, sh } = setup();
    const input = { text: "漢 'quoted' $HOME", list: [1, null] };
    expect(await run({ command: "cat", input }).outcome).toEqual({ kind: "completed", data: input });
    expect(await sh("echo 12 apples").outcome).toEqual({ kind: "completed", data: "12 apples" });
    expect(await sh("cat").outcome).toEqual({ kind: "completed", data: null });
  });

  it("involves no shell: arguments reach the program as they are", async () => {
    const { run } = setup();
    const args = ["$(id); `id` && * ;", "two words", "--", ""];
    expect(await run({ command: "printf", args: ["%s|", ...args] }).outcome).toMatchObject({
      data: `${args.join("|")}|`,
    });
  });

  it("gives it its environment: what the params add and what the run is, but nothing of Rota's own settings", async () => {
    process.env["ROTA_DATABASE"] = "postgres://user:canary@host";
    try {
      const { outcome } = setup().run({ command: "env", env: { COLOUR: "red" } });
      const result = await outcome;
      const text = result.kind === "completed" ? JSON.stringify(result.data) : "";
      expect(text).toContain("COLOUR=red");
      expect(text).toContain("ROTA_RUN_ID=run_1");
      expect(text).toContain("ROTA_SCHEDULED_FOR=2023-11-14T22:13:20.000Z");
      expect(text).not.toContain("canary");
    } finally {
      delete process.env["ROTA_DATABASE"];
    }
  });

  it("SEM 28 runs a task in Python: stderr is its log, file descriptor 3 its progress, output and steps", async () => {
    const { run } = setup();
    const steps = new Map<string, Json>();
    const params = { command: "python3", args: [python], input: { numbers: [1, 2, 39], fail: true } };
    const first = run(params, new MemoryServices({ steps }));
    expect(await first.outcome).toMatchObject({
      kind: "failed",
      error: {
        code: "EXECUTION_FAILED",
        message: "python3 exited with code 7",
        details: { exitCode: 7, signal: null, stderr: ["begins", "gives up"] },
      },
    });
    expect(first.services.progressed).toEqual([{ percent: 50 }]);
    expect(first.services.emitted).toEqual(["a chunk"]);
    expect(first.services.lines).toContainEqual({ level: "info", message: "begins" });
    expect(first.services.lines).toContainEqual({
      level: "warn",
      message: "half way",
      fields: { attempt: 1 },
    });
    expect(Object.fromEntries(steps)).toEqual({ sum: 42, attempt: "1" });
    const second = run(params, new MemoryServices({ steps, attempt: 2 }));
    expect(await second.outcome).toEqual({
      kind: "completed",
      data: { total: 42, attempt: "1", key: "run_1" },
    });
  });

  it("keeps a step that the program simply tells, and survives lines it cannot read", async () => {
    const { outcome, services } = setup().sh(
      `echo '{"step":"a","result":{"n":1}}' >&3; echo 'no json' >&3; echo '{"begin":"never ends"}' >&3; echo '{"step":""}' >&3; echo ok`,
    );
    expect(await outcome).toMatchObject({ kind: "completed", data: "ok" });
    expect(Object.fromEntries(services.steps)).toEqual({ a: { n: 1 } });
    expect(services.messages).toContain("a line on file descriptor 3 is no JSON object");
  });
});

describe("what cannot be held exactly", () => {
  it.each([
    ["12345678901234567890", "the integer cannot be held exactly"],
    ['{"id":9007199254740993}', "id: the integer"],
    ['{"x":[0,1e999]}', "x.1: the number is larger than any"],
    ['{"a":1,"a":2}', "a: the key appears twice"],
    ['{"__proto__":1}', "__proto__: the key __proto__"],
  ])("SEM 28 stays the text that was printed, and the result says why: %s", async (text, why) => {
    const { outcome } = setup().run({ command: "printf", args: ["%s\\n", text] });
    expect(await outcome).toEqual({
      kind: "completed",
      data: text,
      message: expect.stringContaining(`stdout is kept as text: ${why}`) as string,
      metadata: { isText: true },
    });
  });

  it("SEM 28 is all that stays text: other numbers are read", async () => {
    const text = '{"n":9007199254740992,"m":-0.1,"k":1e3,"deep":[[[1]]]}';
    const { outcome } = setup().run({ command: "printf", args: ["%s", text] });
    expect(await outcome).toEqual({ kind: "completed", data: JSON.parse(text) as Json });
  });

  it("SEM 28 is refused on file descriptor 3, logged, and answered where an answer is awaited", async () => {
    const { outcome, services } = setup().sh(
      `echo '{"progress":12345678901234567890}' >&3
       echo '{"output":{"a":1,"a":2}}' >&3
       echo '{"begin":"sum"}' >&3; read first <&4
       echo '{"step":"sum","result":9007199254740993}' >&3; read second <&4
       echo '{"step":"sum","result":"9007199254740993"}' >&3; read third <&4
       printf '%s\n' "$second" "$third"`,
    );
    expect(await outcome).toMatchObject({
      data: expect.stringMatching(
        /^\{"refused":"sum","message":"result: the integer cannot be held exactly.*"\}\n\{"saved":"sum"\}$/u,
      ) as string,
    });
    expect(services.progressed).toEqual([]);
    expect(services.emitted).toEqual([]);
    expect(Object.fromEntries(services.steps)).toEqual({ sum: "9007199254740993" });
    const refused = services.lines.filter(
      ({ message }) => message === "a line on file descriptor 3 was refused",
    );
    expect(refused.map(({ level, fields }) => [level, fields?.["reason"]])).toEqual([
      ["warn", expect.stringMatching(/^progress: the integer/u)],
      ["warn", expect.stringMatching(/^output\.a: the key appears twice/u)],
      ["warn", expect.stringMatching(/^result: the integer/u)],
    ]);
  });
});

describe("the end of a program", () => {
  it("loses nothing of what the program said last, although an answer no longer reaches it", async () => {
    const { sh } = setup();
    const script = `for n in 1 2 3 4 5; do echo '{"step":"s","result":1}' >&3; done; echo '{"progress":"last"}' >&3`;
    const runs = Array.from({ length: 40 }, () => sh(script));
    for (const { outcome, services } of runs) {
      expect(await outcome).toMatchObject({ kind: "completed" });
      expect([services.steps.size, services.progressed]).toEqual([5, ["last"]]);
    }
  });

  it("is a failure that a person can act on: signal, missing program, missing folder", async () => {
    const { run, sh } = setup();
    expect(await sh("kill -SEGV $$").outcome).toMatchObject({
      kind: "failed",
      error: { message: "sh was ended by SIGSEGV", details: { exitCode: null, signal: "SIGSEGV" } },
    });
    const missing = { kind: "failed", error: { retryable: false, details: { reason: "ENOENT" } } };
    expect(await run({ command: "no-such-program-anywhere" }).outcome).toMatchObject(missing);
    expect(await run({ command: "true", cwd: "/no/such/folder" }).outcome).toMatchObject(missing);
    expect(await run({ command: "/etc/passwd" }).outcome).toMatchObject({
      error: { details: { reason: "EACCES" } },
    });
  });

  it("keeps what it printed when that is no UTF-8, and says so", async () => {
    const { outcome } = setup().sh(String.raw`printf 'a\377b'`);
    expect(await outcome).toMatchObject({ kind: "completed", data: "a\uFFFDb", metadata: { isLossy: true } });
  });

  it("refuses a gigabyte of stdout without keeping it", async () => {
    const before = process.memoryUsage().rss;
    const { outcome } = setup().run({ command: "head", args: ["-c", "1000000000", "/dev/zero"] });
    expect(await outcome).toMatchObject({
      kind: "failed",
      error: { code: "RESULT_TOO_LARGE", retryable: false },
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  it("SEM 36 bounds its log: 10 MB of stderr are cut with a mark, one endless line too", async () => {
    const { sh } = setup({ limits: { ...defaultLimits, logBytes: 65_536 } });
    const many = sh("yes eeeeeeeeeeeeeee | head -c 10000000 >&2; echo done");
    expect(await many.outcome).toMatchObject({ kind: "completed", data: "done" });
    expect(many.services.lines).toHaveLength(4096);
    expect(many.services.messages.at(-1)).toContain("the rest is cut");
    const one = sh("head -c 10000000 /dev/zero | tr '\\0' x >&2");
    await one.outcome;
    expect(one.services.messages).toEqual([`${"x".repeat(8192)} … (cut)`]);
  });

  it("does not wait for what a program leaves behind, and ends it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rota-command-"));
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = createReadStream(pipe);
    reader.resume();
    const allGone = once(reader, "end");
    expect(await setup().sh(`exec 4>${pipe}; sleep 1000 & echo started`).outcome).toMatchObject({
      data: "started",
    });
    await allGone;
    rmSync(folder, { recursive: true });
  });
});

describe("stopping a program", () => {
  it("SEM 9 sends SIGTERM to its group on abort, so that it can clean up", async () => {
    const { outcome, services } = setup().sh(
      `trap 'echo cleaned up >&2; exit 1' TERM; echo '{"progress":1}' >&3; while :; do sleep 1000 & wait; done`,
    );
    await services.progressOf();
    services.controller.abort(new RotaError("CANCELLED", "asked to"));
    expect(await outcome).toEqual({ kind: "aborted" });
    expect(services.messages).toContain("cleaned up");
  });

  it("SEM 9 ends it by force with all it started when it ignores SIGTERM", async () => {
    const { hosted, outcome, services } = setup().sh(
      `trap '' TERM; echo '{"progress":1}' >&3; while :; do sleep 1000; done`,
    );
    await services.progressOf();
    services.controller.abort(new RotaError("TIMEOUT", "took too long"));
    expect(await hosted.kill()).toBe("killed");
    expect(await outcome).toMatchObject({ kind: "timed-out", error: { code: "TIMEOUT" } });
  });

  it("S1.83 ends it at its own timeout", async () => {
    const { outcome } = setup().run({ command: "sleep", args: ["1000"], timeout: "50ms" });
    expect(await outcome).toMatchObject({
      kind: "failed",
      error: { code: "TIMEOUT", message: "sleep took longer than 50 ms" },
    });
  });

  it("really suspends it, and an abort wakes it", async () => {
    const { hosted, outcome, services } = setup().sh(
      `echo '{"progress":1}' >&3; while :; do sleep 1000; done`,
    );
    await services.progressOf();
    expect(await hosted.suspend()).toBe(true);
    services.controller.abort(new RotaError("CANCELLED", "asked to"));
    expect(await outcome).toEqual({ kind: "aborted" });
    expect(await hosted.suspend()).toBe(false);
  });
});

describe("what may run", () => {
  it("is nothing unless it is switched on", async () => {
    const executor = createCommandExecutor({ processes: host });
    expect(executor.validate({ command: "true" })).toMatchObject({
      ok: false,
      issues: [{ path: "command", code: "FORBIDDEN" }],
    });
    expect(await host.run(executor, { command: "true" }, new MemoryServices()).outcome).toMatchObject({
      kind: "failed",
      error: { code: "FORBIDDEN", retryable: false },
    });
  });

  it("is what the list names, by exactly that name", async () => {
    const { run } = setup({ allow: ["echo", "/bin/true"] });
    expect(await run({ command: "echo", args: ["ok"] }).outcome).toMatchObject({ kind: "completed" });
    expect(await run({ command: "/bin/true" }).outcome).toMatchObject({ kind: "completed" });
    for (const command of [
      "true",
      "/bin/echo",
      "./echo",
      "../bin/echo",
      "/bin/../bin/true",
      "echo ",
      "ECHO",
      "sh",
    ]) {
      expect(await run({ command }).outcome).toMatchObject({ error: { code: "FORBIDDEN" } });
    }
  });

  it.each([
    ["PATH", "/tmp"],
    ["LD_PRELOAD", "/tmp/x.so"],
    ["NODE_OPTIONS", "--require=/tmp/x.js"],
    ["PYTHONWARNINGS", "all:0:antigravity.x:0:0"],
    ["BROWSER", "/tmp/x"],
    ["SHELLOPTS", "xtrace"],
    ["PS4", "$(id)"],
    ["GIT_SSH_COMMAND", "id"],
    ["param_city", "Oslo"],
    ["LANGUAGE", "../../tmp"],
    ["ANYTHING", "x"],
  ])("where programs are listed %s may not be set, and the refusal says what to do", (name, text) => {
    const { executor } = setup({ allow: ["echo"] });
    expect(executor.validate({ command: "echo", env: { [name]: text } })).toMatchObject({
      ok: false,
      issues: [
        {
          path: `env.${name}`,
          code: "FORBIDDEN",
          message: expect.stringMatching(
            new RegExp(`^${name} may not be set.*LANG, LC_\\*, PARAM_\\*, TZ.*allowCommandEnvironment`, "u"),
          ) as string,
        },
      ],
    });
  });

  it("no Python script is made to start another program by its environment", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rota-command-"));
    const script = join(folder, "listed.py");
    const trace = join(folder, "trace");
    const browser = join(folder, "browser.sh");
    writeFileSync(script, `#!${execFileSync("which", ["python3"], { encoding: "utf8" })}print(1)\n`, {
      mode: 0o755,
    });
    writeFileSync(browser, `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 });
    const env = { PYTHONWARNINGS: "all:0:antigravity.x:0:0", BROWSER: browser };
    expect(await setup({ allow: [script] }).run({ command: script, env }).outcome).toMatchObject({
      kind: "failed",
      error: { code: "FORBIDDEN", retryable: false },
    });
    expect(existsSync(trace)).toBe(false);
    expect(await setup({ allow: [script] }).run({ command: script }).outcome).toMatchObject({ data: 1 });
    rmSync(folder, { recursive: true });
  });

  it("where programs are listed the variables of language, zone and the task's own are given to it", async () => {
    const env = { LANG: "C.UTF-8", LC_NUMERIC: "de_DE@euro", TZ: "Asia/Shanghai", PARAM_CITY: "/北京/../%s" };
    const { outcome } = setup({ allow: ["env"] }).run({ command: "env", env });
    const { data } = (await outcome) as { readonly data: string }; // `env` succeeds with text
    expect(data.split("\n")).toEqual(
      expect.arrayContaining(Object.entries(env).map(([name, text]) => `${name}=${text}`)),
    );
  });

  it.each([
    ["TZ", "/etc/shadow"],
    ["TZ", ":/etc/shadow"],
    ["TZ", "../../../etc/shadow"],
    ["LANG", "/tmp/locale"],
    ["LC_ALL", "en_US.%n"],
  ])("%s names no file there: not %s", (name, text) => {
    expect(
      setup({ allow: ["echo"] }).executor.validate({ command: "echo", env: { [name]: text } }),
    ).toMatchObject({
      ok: false,
      issues: [{ path: `env.${name}`, code: "FORBIDDEN" }],
    });
  });

  it("the operator allows more variables, by name or by how they begin; with any program goes any variable", async () => {
    const { executor } = setup({ allow: ["echo"], allowEnvironment: ["BROWSER", "AWS_*", "TZ"] });
    const codesOf = async (one: typeof executor, env: Record<string, string>) => {
      const checked = await one.validate({ command: "echo", env });
      return checked.ok ? [] : checked.issues.map(({ path, code }) => `${path} ${code}`);
    };
    expect(await codesOf(executor, { BROWSER: "x", AWS_REGION: "y", TZ: ":/etc/localtime" })).toEqual([]);
    expect(await codesOf(executor, { BROWSERS: "x", AWS: "y", PATH: "z" })).toEqual([
      "env.BROWSERS FORBIDDEN",
      "env.AWS FORBIDDEN",
      "env.PATH FORBIDDEN",
    ]);
    expect(await codesOf(setup().executor, { PATH: "/tmp", LD_PRELOAD: "x", TZ: "/x" })).toEqual([]);
  });

  it.each([
    ["no program", {}, "command"],
    ["an empty one", { command: "" }, "command"],
    ["a NUL in its name", { command: "a\0b" }, "command"],
    ["arguments that are no texts", { command: "a", args: [1] }, "args"],
    ["a NUL in an argument", { command: "a", args: ["x\0"] }, "args"],
    ["a variable that is no text", { command: "a", env: { A: 1 } }, "env.A"],
    ["a variable with a wrong name", { command: "a", env: { "A=B": "1" } }, "env.A=B"],
    ["a variable of Rota's own", { command: "a", env: { ROTA_DATABASE: "x" } }, "env.ROTA_DATABASE"],
    ["a timeout nobody can read", { command: "a", timeout: "soon" }, "timeout"],
    ["a field it does not know", { command: "a", shell: true }, "shell"],
    ["params that are no object", ["a"], ""],
  ])("S2.32 refuses %s, naming the place", (_what, params, path) => {
    expect(setup().executor.validate(params)).toMatchObject({ ok: false, issues: [{ path }] });
  });
});
