// Tests of the command line from its words to its exit code, with the way to Rota held open and looked at.
import { describe, expect, it } from "vitest";
import pc from "picocolors";
import { operations } from "../contract/catalogue.ts";
import type { OperationName } from "../contract/routes.ts";
import { RotaError } from "../domain/errors.ts";
import { globalFlags, spellingOf } from "./command-spec.ts";
import { catalogueCommands } from "./commands.ts";
import { exitCodes } from "./exit-code.ts";
import { runCli } from "./run-cli.ts";
import { triggerFlags } from "./trigger-flags.ts";

const commands = catalogueCommands();

interface Setup {
  readonly answer?: unknown;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

function setup({ answer = {}, files = {}, env = {} }: Setup = {}) {
  const calls: { operation: OperationName; input: unknown; server: string | undefined }[] = [];
  let [out, err] = ["", ""];
  const run = async (...argv: string[]) => {
    calls.length = 0;
    [out, err] = ["", ""];
    const code = await runCli(argv, {
      commands,
      version: "1.2.3",
      serve: () => Promise.reject(new Error("no test here serves")),
      connect: ({ server }) =>
        Promise.resolve({
          isServed: true,
          invoke: (operation, input) => {
            calls.push({ operation, input, server });
            return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
          },
          close: () => Promise.resolve(),
        }),
      terminal: {
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        isTerminal: false,
        columns: undefined,
        colors: pc.createColors(false),
        errorColors: pc.createColors(false),
        env,
        cwd: "/nowhere",
        read: (path) => {
          const text = files[path];
          if (text === undefined) throw new Error(`no such file: ${path}`);
          return text;
        },
      },
    });
    return { code, out, err, call: calls[0] };
  };
  return { run };
}

describe("the commands", () => {
  it("N5 SEM 39 carry every operation of the catalogue, each under its own name", () => {
    const names = commands.map(spellingOf);
    expect(commands.map(({ operation }) => operation)).toEqual(operations.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const own of ["serve", "explain", "config print"]) expect(names).not.toContain(own);
  });

  it.each(commands.map((command) => [spellingOf(command), command] as const))(
    "%s has help",
    async (name, command) => {
      const { code, out } = await setup().run(...name.split(" "), "--help");
      expect(code).toBe(0);
      expect(out).toContain(command.summary.en);
      for (const field of command.options) expect(out).toContain(`${field.flag} `.trimEnd());
    },
  );

  it("have no option that is spelt like one that every command has, or twice", () => {
    for (const command of commands) {
      const own = command.options.map(({ flag }) => flag);
      expect(new Set(own).size).toBe(own.length);
      for (const flag of globalFlags) expect(own, spellingOf(command)).not.toContain(flag);
    }
  });

  it("let every field that a trigger's short flag could hide be set all the same", () => {
    const short = new Set<string>(triggerFlags.map(({ name }) => name));
    for (const command of commands.filter(({ hasTrigger }) => hasTrigger)) {
      expect(command.options.filter(({ name }) => short.has(name))).toEqual([]);
    }
  });
});

describe("what is typed", () => {
  it("becomes the input of the operation: text, numbers, lists, flags, JSON and files", async () => {
    const { run } = setup({ files: { "p.json": '{"url":"http://x"}' } });
    const words =
      "tasks create --name Report --type http --params @p.json --every 30m --priority high --timeout 90s";
    const more = [
      "--tags",
      "a,b",
      "--tags",
      "c",
      "--retry",
      '{"maxAttempts":2}',
      "--max-runs",
      "3",
      "--overlap",
      "queue",
    ];
    const { call, code } = await run(...words.split(" "), ...more);
    expect(code).toBe(0);
    expect(call?.operation).toBe("tasks.create");
    expect(call?.input).toEqual({
      name: "Report",
      type: "http",
      params: { url: "http://x" },
      trigger: { kind: "interval", every: "30m" },
      priority: "high",
      timeout: "90s",
      tags: ["a,b", "c"],
      retry: { maxAttempts: 2 },
      maxRuns: 3,
      overlap: "queue",
    });
  });

  it.each([
    [["--every", "30m"], { kind: "interval", every: "30m" }],
    [
      ["--cron", "0 9 * * 1-5", "--timezone", "Asia/Shanghai"],
      { kind: "cron", expression: "0 9 * * 1-5", timezone: "Asia/Shanghai" },
    ],
    [["--at", "2026-12-01T09:00:00Z"], { kind: "at", at: "2026-12-01T09:00:00Z" }],
    [["--daily", "08:00", "--daily", "20:00"], { kind: "daily", times: ["08:00", "20:00"] }],
    [["--daily", "08:00, 20:00"], { kind: "daily", times: ["08:00", "20:00"] }],
    [["--trigger", '{"kind":"any","triggers":[]}'], { kind: "any", triggers: [] }],
    [["every 5m"], { kind: "interval", every: "5m" }],
    [["0 9 * * 1-5"], { kind: "cron", expression: "0 9 * * 1-5" }],
    [
      ["@daily", "--timezone", "Europe/Berlin"],
      { kind: "cron", expression: "@daily", timezone: "Europe/Berlin" },
    ],
    [["08:00"], { kind: "daily", times: ["08:00"] }],
    [["tomorrow"], { kind: "at", at: "tomorrow" }],
  ])("%j is the trigger %j", async (words, trigger) => {
    const [noun, ...rest] = words[0]?.startsWith("--")
      ? ["tasks", "create", "--name", "x", "--type", "y"]
      : ["preview"];
    const { call, err } = await setup().run(noun ?? "", ...rest, ...words);
    expect(err).toBe("");
    expect(call?.input).toMatchObject({ trigger });
  });

  it("reads a number, a word or JSON where any JSON is welcome", async () => {
    const { run } = setup();
    expect((await run("runs", "answer", "run_1", "yes")).call?.input).toEqual({ id: "run_1", answer: "yes" });
    expect((await run("runs", "answer", "run_1", "42")).call?.input).toEqual({ id: "run_1", answer: 42 });
    expect((await run("runs", "answer", "run_1", '{"a":1}')).call?.input).toEqual({
      id: "run_1",
      answer: { a: 1 },
    });
  });

  it("splits the words of a fixed set at commas and leaves durations and text alone", async () => {
    const { run } = setup();
    expect((await run("runs", "list", "--status", "failed,timed_out", "--limit", "5")).call?.input).toEqual({
      status: ["failed", "timed_out"],
      limit: 5,
    });
    expect((await run("tasks", "trigger", "task_1", "--delay", "1500")).call?.input).toEqual({
      id: "task_1",
      delay: 1500,
    });
  });

  it("has two flags for what is true or false, and null removes", async () => {
    const { run } = setup();
    expect((await run("tasks", "trigger", "task_1", "--force")).call?.input).toEqual({
      id: "task_1",
      force: true,
    });
    expect((await run("tasks", "trigger", "task_1", "--no-force")).call?.input).toEqual({
      id: "task_1",
      force: false,
    });
    const words = ["tasks", "update", "task_1", "--timeout", "null", "--expected-revision", "4"];
    expect((await run(...words)).call?.input).toEqual({ id: "task_1", timeout: null, expectedRevision: 4 });
  });

  it("explains by what the target is", async () => {
    const { run } = setup();
    expect((await run("explain", "task_1")).call).toMatchObject({
      operation: "tasks.explain",
      input: { id: "task_1" },
    });
    expect((await run("explain", "run_1")).call).toMatchObject({
      operation: "runs.explain",
      input: { id: "run_1" },
    });
    expect((await run("explain", "mail")).call).toMatchObject({
      operation: "queues.explain",
      input: { name: "mail" },
    });
  });

  it("takes the options of all commands before and after the command", async () => {
    const { run } = setup({ env: { ROTA_SERVER: "http://a:1" } });
    expect((await run("stats")).call?.server).toBe("http://a:1");
    expect((await run("--server", "http://b:2", "stats")).call?.server).toBe("http://b:2");
    expect((await run("stats", "--server", "http://c:3")).call?.server).toBe("http://c:3");
  });
});

describe("wrong usage ends with 2, says what is wrong, and calls nothing", () => {
  it.each([
    [["taks", "list"], "unknown command 'taks' (Did you mean tasks?)"],
    [["tasks", "creat"], "unknown command 'creat' (Did you mean create?)"],
    [["tasks", "list", "--stats", "x"], "unknown option '--stats' (Did you mean --status?)"],
    [["tasks", "get"], "tasks get needs <id>"],
    [["tasks", "get", "a", "--id", "a"], "<id> and --id are the same; give one"],
    [["tasks", "get", "a", "b"], "too many arguments for 'get'. Expected 1 argument but got 2"],
    [["tasks", "create", "--every", "1m"], "tasks create needs <name> and --type"],
    [["preview"], "preview needs a trigger, for example --every 30m"],
    [["preview", "--every", "1m", "--cron", "* * * * *"], "--every and --cron are two triggers"],
    [["preview", "--timezone", "UTC"], "--timezone belongs to a trigger"],
    [["tasks", "trigger", "task_1", "--params", "{oops"], "--params: expected JSON, or @ and the path"],
    [
      ["tasks", "trigger", "task_1", "--params", "@gone.json"],
      "--params: cannot read gone.json: no such file",
    ],
    [["stats", "--lang", "fr"], "--lang"],
    [["stats", "--server", "nowhere"], "config: server: expected a URL"],
    [["tasks"], "a command is missing"],
  ])("%j", async (words, message) => {
    const { code, err, call } = await setup().run(...words);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(call).toBeUndefined();
  });

  it("reports it as JSON to a program", async () => {
    const { err, out } = await setup().run("tasks", "get", "--json");
    expect(out).toBe("");
    expect(JSON.parse(err)).toMatchObject({ code: "VALIDATION_FAILED", detail: "tasks get needs <id>" });
  });
});

describe("answers", () => {
  const items = [
    {
      id: "task_1",
      name: "早报",
      type: "note",
      status: "active",
      nextFireAt: "2026-03-02T09:00:00.000+08:00",
    },
    { id: "task_22", name: "b\u001b[31m\nc", type: "note", status: "paused", lastRun: { status: "failed" } },
  ];

  it("are exactly the operation's output with --json", async () => {
    const answer = { items, nextCursor: null };
    const { out } = await setup({ answer }).run("tasks", "list", "--json");
    expect(JSON.parse(out)).toEqual(answer);
    expect((await setup({ answer: null }).run("tasks", "delete", "task_1", "--json")).out).toBe("null\n");
  });

  it("are aligned tables of the columns that the catalogue names, wide characters included", async () => {
    const { out } = await setup({ answer: { items, nextCursor: "abc" } }).run("tasks", "list");
    expect(out).toBe(
      [
        "id       name           type  status  next fire at               last run status",
        "task_1   早报           note  active  2026-03-02 09:00:00+08:00",
        "task_22  b\\u001b[31m c  note  paused                             failed",
        "more with --cursor abc",
        "",
      ].join("\n"),
    );
  });

  it("have headings and sentences in Chinese with --lang zh or by the locale", async () => {
    const answer = { summary: { en: "the task is paused", zh: "任务已暂停" }, causes: [] };
    expect((await setup({ answer }).run("explain", "task_1", "--lang", "zh")).out).toBe("概要  任务已暂停\n");
    expect((await setup({ answer, env: { LANG: "zh_CN.UTF-8" } }).run("explain", "task_1")).out).toContain(
      "任务已暂停",
    );
    expect((await setup({ answer }).run("explain", "task_1")).out).toBe("summary  the task is paused\n");
  });

  it("show lists within one thing below it", async () => {
    const answer = {
      times: ["2026-03-02T09:00:00+08:00", "2026-03-03T09:00:00+08:00"],
      description: { en: "every day at 09:00", zh: "每天 09:00" },
      warnings: [],
    };
    const { out } = await setup({ answer }).run("preview", "--daily", "09:00");
    expect(out).toBe(
      "description  every day at 09:00\n\ntimes\n  2026-03-02 09:00:00+08:00\n  2026-03-03 09:00:00+08:00\n",
    );
  });

  it("say so when there is nothing, and when something was simply done", async () => {
    expect((await setup({ answer: { items: [], nextCursor: null } }).run("tasks", "list")).out).toBe(
      "none\n",
    );
    expect((await setup({ answer: null }).run("tasks", "delete", "task_1")).out).toBe("done\n");
  });
});

describe("a command that waits for a run", () => {
  const ends = {
    completed: 0,
    failed: 7,
    cancelled: 8,
    timed_out: 9,
    skipped: 10,
    running: 11,
    retrying: 11,
  };

  it.each(Object.entries(ends))("ends as the run does: %s with %i", async (status, expected) => {
    const { run } = setup({ answer: { id: "run_1", status } });
    const waited = await run("tasks", "trigger", "task_1", "--wait", "5s");
    expect(waited.code).toBe(expected);
    expect(waited.out).toContain("run_1");
    expect(waited.err === "").toBe(expected === 0);
    expect(await run("tasks", "trigger", "task_1", "--wait", "5s", "--json")).toMatchObject({ err: "" });
  });

  it("says how it ended, and where to look", async () => {
    const { run } = setup({ answer: { id: "run_1", status: "failed" } });
    const words = ["tasks", "trigger", "task_1", "--wait", "5s"];
    expect((await run(...words)).err).toBe("the run that was waited for failed; see rota explain run_1\n");
    expect((await run(...words, "--lang", "zh")).err).toBe("所等待的运行失败；查看 rota explain run_1\n");
  });

  it("is the only one that does: a run that failed can be shown without an error", async () => {
    const { run } = setup({ answer: { status: "failed" } });
    expect((await run("runs", "get", "run_1")).code).toBe(0);
    expect((await run("tasks", "trigger", "task_1")).code).toBe(0);
  });
});

describe("errors", () => {
  const missing = new RotaError("NOT_FOUND", "task task_1 not found");

  it.each([
    [missing, 3],
    [new RotaError("TASK_PAUSED", "the task is paused"), 4],
    [new RotaError("LEDGER_UNAVAILABLE", "the server does not answer"), 5],
    [new RotaError("FORBIDDEN", "not with this key"), 6],
    [new RotaError("LEDGER_INACCESSIBLE", "no such folder"), 1],
    [new RotaError("INVALID_TRIGGER", "trigger.every: too short"), 2],
    [new Error("oops"), 1],
  ])("%s ends with %i", async (answer, expected) => {
    const { code, out } = await setup({ answer }).run("tasks", "get", "task_1");
    expect(code).toBe(expected);
    expect(out).toBe("");
  });

  it("are one line with code and hint for a person", async () => {
    const { err } = await setup({ answer: missing }).run("tasks", "get", "task_1");
    expect(err).toBe("rota: task task_1 not found [NOT_FOUND] → check the id, or list what there is\n");
  });

  it("have a heading and what to do in Chinese, and the message as it is", async () => {
    const { run } = setup({ answer: missing, env: { LANG: "zh" } });
    expect((await run("tasks", "get", "task_1")).err).toBe(
      "rota: 未找到，或不属于你：task task_1 not found [NOT_FOUND] → 检查编号，或列出现有内容\n",
    );
    expect((await run("taks")).err).toContain("→ 查看 rota --help，或在任何命令后加 --help\n");
    const asJson = (await run("tasks", "get", "task_1", "--json")).err;
    expect(asJson).not.toMatch(/\p{Script=Han}/u);
    expect(JSON.parse(asJson)).toMatchObject({ detail: missing.message });
  });

  it("name every problem where there are several", async () => {
    const issues = [
      { path: "params.url", code: "invalid", message: "expected a URL" },
      { path: "params.method", code: "invalid", message: "expected GET or POST" },
    ];
    const answer = new RotaError("INVALID_PARAMETERS", "params.url: expected a URL (and 1 more)", {
      details: { issues },
    });
    const { err } = await setup({ answer }).run("tasks", "trigger", "task_1");
    expect(err).toContain("\n  params.url: expected a URL\n  params.method: expected GET or POST\n");
  });

  it("are problem details for a program, on standard error", async () => {
    const answer = new RotaError("OVERLAP", "a run is live", { details: { runId: "run_1" } });
    const { err } = await setup({ answer }).run("tasks", "trigger", "task_1", "--json");
    expect(JSON.parse(err)).toMatchObject({
      code: "OVERLAP",
      detail: "a run is live",
      details: { runId: "run_1" },
    });
  });
});

describe("config print", () => {
  it("shows value and origin of every setting, and no secret", async () => {
    const { run } = setup({ env: { ROTA_API_KEY: "rota_abc", ROTA_PORT: "9000" } });
    const { out } = await run("config", "print", "--drain", "1m");
    expect(out).toMatch(/^port +9000 +ROTA_PORT$/m);
    expect(out).toMatch(/^drain +1m +--drain$/m);
    expect(out).toMatch(/^retention.success +7d +default$/m);
    expect(out).toMatch(/^allowCommands +off +default$/m);
    expect(out).toMatch(/^apiKey +\[secret\] +ROTA_API_KEY$/m);
    expect(out).not.toContain("rota_abc");
  });
});

describe("help", () => {
  it("is what a bare `rota` shows, with every noun", async () => {
    const { code, out } = await setup().run();
    expect(code).toBe(0);
    for (const noun of new Set(commands.map((command) => command.noun ?? command.verb)))
      expect(out).toContain(noun);
  });

  it("lists what each exit code means", async () => {
    const { out } = await setup().run("--help");
    for (const [code, { en }] of Object.entries(exitCodes))
      expect(out).toContain(`${code.padStart(2)}  ${en}\n`);
    expect((await setup().run("--help", "--lang", "zh")).out).toContain(" 7  所等待的运行失败\n");
  });

  it("is in Chinese for who wants it", async () => {
    const { out } = await setup().run("tasks", "pause", "--help", "--lang", "zh");
    expect(out).toContain("用法：");
    expect(out).toContain("暂停任务：不再启动新的运行。");
  });

  it("names the version", async () => {
    expect((await setup().run("--version")).out).toBe("1.2.3\n");
  });
});
