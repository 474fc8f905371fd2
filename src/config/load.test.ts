// Tests of the configuration: who wins, what is refused and in which words, and that it is frozen.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { RotaError } from "../domain/errors.ts";
import { loadConfig, type ConfigSources, type LoadedConfig } from "./load.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "rota-config-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function load(sources: Partial<ConfigSources> = {}): Promise<LoadedConfig> {
  return loadConfig({ flags: {}, env: {}, cwd: "/nowhere", ...sources });
}

async function refusal(sources: Partial<ConfigSources>): Promise<RotaError> {
  const error: unknown = await load(sources).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RotaError)) throw new Error("the configuration was accepted");
  expect(error.code).toBe("CONFIG_INVALID");
  return error;
}

function originOf({ settings }: LoadedConfig, name: string): unknown {
  return settings.find((setting) => setting.name === name)?.origin;
}

describe("precedence", () => {
  it("S0.36 works with nothing at all: a SQLite file in the working directory, everything on localhost", async () => {
    const { config } = await load();
    expect(config).toEqual({
      database: "sqlite:/nowhere/rota.db",
      host: "127.0.0.1",
      port: 8000,
      auth: "open-on-loopback",
      allowedHosts: [],
      trustedProxies: [],
      limits: { requestsPerMinute: 6000, requestsAtOnce: 1000, bodyBytes: 2 * 1024 * 1024 },
      executors: [],
      concurrency: 100,
      queues: ["*"],
      timezone: "UTC",
      log: { level: "info", format: "auto" },
      allowCommands: false,
      outbound: { allow: [] },
      retention: { successMs: 7 * 86_400_000, failureMs: 30 * 86_400_000, auditMs: 90 * 86_400_000 },
      drainMs: 25_000,
      synchronous: "full",
      minIntervalMs: 1000,
    });
  });

  it("takes a flag before a variable before the config file before the default, and says which", async () => {
    const cwd = folderWith({
      "rota.config.mjs": "export default { port: 9001, host: 'localhost', drain: '1m' }",
    });
    const env = { ROTA_PORT: "9002", ROTA_HOST: "::1" };
    const loaded = await load({ cwd, env, flags: { port: "9003" } });
    expect(loaded.config).toMatchObject({ port: 9003, host: "::1", drainMs: 60_000, concurrency: 100 });
    expect(originOf(loaded, "port")).toEqual({ kind: "flag", name: "--port" });
    expect(originOf(loaded, "host")).toEqual({ kind: "environment", name: "ROTA_HOST" });
    expect(originOf(loaded, "drain")).toEqual({ kind: "file", name: "rota.config.mjs" });
    expect(originOf(loaded, "concurrency")).toEqual({ kind: "default" });
  });

  it("reads a config file written in TypeScript, with groups", async () => {
    const cwd = folderWith({
      "rota.config.ts":
        'const days: number = 3;\nexport default { retention: { success: `${days}d` }, log: { level: "warn" } };',
    });
    const { config } = await load({ cwd });
    expect(config.retention).toMatchObject({ successMs: 3 * 86_400_000, failureMs: 30 * 86_400_000 });
    expect(config.log.level).toBe("warn");
  });

  it("counts an empty variable as absent", async () => {
    expect((await load({ env: { ROTA_PORT: "" } })).config.port).toBe(8000);
  });

  it("takes relative paths from the working directory", async () => {
    const { config } = await load({
      cwd: "/srv/app",
      flags: { database: "sqlite:data/x.db", executors: "./a.ts, b.js" },
    });
    expect(config.database).toBe("sqlite:/srv/app/data/x.db");
    expect(config.executors).toEqual(["/srv/app/a.ts", "/srv/app/b.js"]);
  });

  it("is frozen through and through", async () => {
    const { config } = await load();
    expect(
      Object.isFrozen(config) && Object.isFrozen(config.retention) && Object.isFrozen(config.queues),
    ).toBe(true);
  });
});

describe("values", () => {
  it.each([
    ["off", false],
    ["all", true],
    ["git, python3", ["git", "python3"]],
  ])("reads ROTA_ALLOW_COMMANDS=%s", async (text, expected) => {
    expect((await load({ env: { ROTA_ALLOW_COMMANDS: text } })).config.allowCommands).toEqual(expected);
  });

  it.each([
    ["memory:", "memory:"],
    ["sqlite:/data/rota.db", "sqlite:/data/rota.db"],
    ["sqlite:///data/rota.db", "sqlite:/data/rota.db"],
  ])("reads the database %s", async (text, expected) => {
    expect((await load({ flags: { database: text } })).config.database).toBe(expected);
  });

  it("never shows a secret, not even a wrong one", async () => {
    const loaded = await load({ env: { ROTA_API_KEY: "rota_abc" } });
    expect(loaded.config.apiKey?.reveal()).toBe("rota_abc");
    expect(JSON.stringify(loaded)).not.toContain("rota_abc");
    expect(String(loaded.config.apiKey)).toBe("[secret]");
    const cwd = folderWith({ "rota.config.mjs": "export default { apiKey: ['rota_abc'] }" });
    expect((await refusal({ cwd })).message).not.toContain("rota_abc");
  });
});

describe("refusals", () => {
  it.each([
    [{ ROTA_PORT: "ten" }, 'config: port: expected an integer from 0 to 65535, got "ten" (from ROTA_PORT)'],
    [
      { ROTA_PORT: "65536" },
      'config: port: expected an integer from 0 to 65535, got "65536" (from ROTA_PORT)',
    ],
    [
      { ROTA_DRAIN: "25" },
      'config: drain: expected a duration from 0s to 24h, for example "90s" or "1h30m", got "25" (from ROTA_DRAIN)',
    ],
    [
      { ROTA_LOG_FORMAT: "xml" },
      'config: log.format: expected auto, json or pretty, got "xml" (from ROTA_LOG_FORMAT)',
    ],
    [
      { ROTA_TIMEZONE: "Shanghai" },
      'config: timezone: expected an IANA time zone such as UTC or Asia/Shanghai, got "Shanghai" (from ROTA_TIMEZONE)',
    ],
    [
      { ROTA_DATABASE: "rota.db" },
      'config: database: expected sqlite:<path of a file> or memory:, got "rota.db" (from ROTA_DATABASE)',
    ],
    [
      { ROTA_ALLOW_COMMANDS: "all,git" },
      'config: allowCommands: expected off, all, or programs separated by commas, got "all,git" (from ROTA_ALLOW_COMMANDS)',
    ],
    [
      { ROTA_SERVER: "localhost:8000" },
      'config: server: expected a URL such as http://127.0.0.1:8000, got "localhost:8000" (from ROTA_SERVER)',
    ],
  ])("of %o says what was expected, what came, and from where", async (env, message) => {
    expect((await refusal({ env })).message).toBe(message);
  });

  it("names the flag, or the file, that held the value", async () => {
    expect((await refusal({ flags: { port: "-1" } })).message).toContain("(from --port)");
    const cwd = folderWith({ "rota.config.mjs": "export default { concurrency: {} }" });
    expect((await refusal({ cwd })).message).toBe(
      "config: concurrency: expected an integer from 1 to 100000, got {} (from rota.config.mjs)",
    );
  });

  it("reports all problems at once", async () => {
    const error = await refusal({ env: { ROTA_PORT: "x", ROTA_DRAIN: "y" } });
    expect(error.message).toMatch(/^config: port: .* \(and 1 more\)$/);
    expect(error.details["issues"]).toMatchObject([{ path: "port" }, { path: "drain" }]);
  });

  it("refuses unknown keys of the config file and guesses what was meant", async () => {
    const typo = folderWith({ "rota.config.mjs": "export default { concurency: 4 }" });
    expect((await refusal({ cwd: typo })).message).toBe(
      "config: concurency: there is no such setting, did you mean concurrency? (from rota.config.mjs)",
    );
    const inner = folderWith({ "rota.config.mjs": "export default { log: { levle: 'warn' } }" });
    expect((await refusal({ cwd: inner })).message).toContain("did you mean log.level?");
    const group = folderWith({ "rota.config.mjs": "export default { retention: '7d' }" });
    expect((await refusal({ cwd: group })).message).toContain("did you mean retention.success?");
  });

  it("refuses a variable that is one slip away from a setting's, and lets others be", async () => {
    for (const name of ["ROTA_PROT", "ROTA_DATABSE", "ROTA_CONCURENCY", "ROTA_QUEUESS", "ROTA_POST"]) {
      expect((await refusal({ env: { [name]: "1" } })).message).toContain(
        "there is no such setting, did you mean ROTA_",
      );
    }
    const others = {
      ROTA_SECRET_PORT: "x",
      ROTA_SERVICE_HOST: "x",
      ROTA_PORT_8000_TCP: "x",
      ROTA_HOME: "x",
      PORT: "x",
    };
    expect((await load({ env: others })).config.port).toBe(8000);
  });

  it("refuses two config files, one that throws, and one without a default export", async () => {
    const two = folderWith({ "rota.config.ts": "export default {}", "rota.config.mjs": "export default {}" });
    expect((await refusal({ cwd: two })).message).toBe(
      "config: there are two config files, rota.config.ts and rota.config.mjs; keep one",
    );
    const throwing = folderWith({ "rota.config.mjs": "throw new Error('no such tenant')" });
    expect((await refusal({ cwd: throwing })).message).toBe(
      "config: rota.config.mjs: cannot be loaded: no such tenant",
    );
    const empty = folderWith({ "rota.config.mjs": "export const port = 1" });
    expect((await refusal({ cwd: empty })).message).toContain("expected a default export with an object");
  });
});
