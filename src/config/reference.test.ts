// Tests of the settings as data: every default and example is one that its own reader accepts.
import { describe, expect, it } from "vitest";
import { defineConfig } from "./define-config.ts";
import { settingReferences } from "./reference.ts";
import { settingNames, settings } from "./schema.ts";

describe("the settings", () => {
  it("derive flag and variable from the name", () => {
    const names = settingReferences.map(({ name, flag, variable }) => `${name} ${flag} ${variable}`);
    expect(names).toEqual([
      "database --database <url> ROTA_DATABASE",
      "host --host <address> ROTA_HOST",
      "port --port <number> ROTA_PORT",
      "auth --auth <mode> ROTA_AUTH",
      "allowedHosts --allowed-hosts <hosts> ROTA_ALLOWED_HOSTS",
      "trustedProxies --trusted-proxies <addresses> ROTA_TRUSTED_PROXIES",
      "limits.requestsPerMinute --limits-requests-per-minute <number> ROTA_LIMITS_REQUESTS_PER_MINUTE",
      "limits.requestsAtOnce --limits-requests-at-once <number> ROTA_LIMITS_REQUESTS_AT_ONCE",
      "limits.bodyBytes --limits-body-bytes <number> ROTA_LIMITS_BODY_BYTES",
      "executors --executors <files> ROTA_EXECUTORS",
      "concurrency --concurrency <number> ROTA_CONCURRENCY",
      "queues --queues <names> ROTA_QUEUES",
      "timezone --timezone <zone> ROTA_TIMEZONE",
      "log.level --log-level <level> ROTA_LOG_LEVEL",
      "log.format --log-format <form> ROTA_LOG_FORMAT",
      "allowCommands --allow-commands <programs> ROTA_ALLOW_COMMANDS",
      "outbound.allow --outbound-allow <hosts> ROTA_OUTBOUND_ALLOW",
      "retention.success --retention-success <duration> ROTA_RETENTION_SUCCESS",
      "retention.failure --retention-failure <duration> ROTA_RETENTION_FAILURE",
      "retention.audit --retention-audit <duration> ROTA_RETENTION_AUDIT",
      "drain --drain <duration> ROTA_DRAIN",
      "synchronous --synchronous <mode> ROTA_SYNCHRONOUS",
      "minInterval --min-interval <duration> ROTA_MIN_INTERVAL",
      "server --server <url> ROTA_SERVER",
      "apiKey --api-key <key> ROTA_API_KEY",
    ]);
  });

  it.each(settingNames)("%s accepts its own default and its example", (name) => {
    const reference = settingReferences.find((one) => one.name === name);
    expect(settings[name].schema.safeParse(reference?.example).success).toBe(true);
    const fallback = reference?.default ?? reference?.example;
    expect(settings[name].schema.safeParse(fallback).success).toBe(true);
  });

  it("give a config file its type", () => {
    const file = { port: 9000, queues: ["a"], retention: { success: "1d" }, allowCommands: false };
    expect(defineConfig(file)).toBe(file);
    // @ts-expect-error there is no such setting
    defineConfig({ retention: { succes: "1d" } });
    // @ts-expect-error not a number or text
    defineConfig({ port: true });
  });
});
