// The configuration as the program uses it: resolved, with units in its names, frozen.

import { resolve } from "node:path";
import type { SettingName, SettingValue } from "./schema.ts";
import type { Secret } from "./secret.ts";

export interface Config {
  /** `sqlite:` and an absolute path, or `memory:`. */
  readonly database: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Whether callers on this machine need an API key too. */
  readonly auth: "open-on-loopback" | "required";
  /** Further names under which the server is reached. */
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly limits: {
    /** Of one API key; 0 is no bound. */
    readonly requestsPerMinute: number;
    readonly requestsAtOnce: number;
    readonly bodyBytes: number;
  };
  /** Absolute paths of modules. */
  readonly executors: readonly string[];
  /** Runs at once in this process. */
  readonly concurrency: number;
  /** `["*"]` is all of them. */
  readonly queues: readonly string[];
  readonly timezone: string;
  readonly log: {
    readonly level: "debug" | "info" | "warn" | "error" | "silent";
    readonly format: "auto" | "json" | "pretty";
  };
  /** True allows every program, false none: then there is no `command` executor. */
  readonly allowCommands: boolean | readonly string[];
  readonly outbound: { readonly allow: readonly string[] };
  readonly retention: { readonly successMs: number; readonly failureMs: number; readonly auditMs: number };
  /** How long a server that is told to stop lets runs finish. */
  readonly drainMs: number;
  readonly synchronous: "full" | "normal";
  readonly minIntervalMs: number;
  /** Where commands go; absent: to the owner of the database, or to the database itself. */
  readonly server?: string;
  readonly apiKey?: Secret;
}

/** The value of each setting that has one. */
export type SettingValues = {
  readonly [Name in Exclude<SettingName, OptionalName>]: SettingValue<Name>;
} & { readonly [Name in OptionalName]?: SettingValue<Name> };
type OptionalName = "server" | "apiKey";

/** Paths are taken from the folder `cwd`. */
export function toConfig(values: SettingValues, cwd: string): Config {
  return deepFreeze({
    database: resolveDatabase(values.database, cwd),
    host: values.host,
    port: values.port,
    auth: values.auth,
    allowedHosts: values.allowedHosts,
    trustedProxies: values.trustedProxies,
    limits: {
      requestsPerMinute: values["limits.requestsPerMinute"],
      requestsAtOnce: values["limits.requestsAtOnce"],
      bodyBytes: values["limits.bodyBytes"],
    },
    executors: values.executors.map((path) => resolve(cwd, path)),
    concurrency: values.concurrency,
    queues: values.queues,
    timezone: values.timezone,
    log: { level: values["log.level"], format: values["log.format"] },
    allowCommands: values.allowCommands,
    outbound: { allow: values["outbound.allow"] },
    retention: {
      successMs: values["retention.success"],
      failureMs: values["retention.failure"],
      auditMs: values["retention.audit"],
    },
    drainMs: values.drain,
    synchronous: values.synchronous,
    minIntervalMs: values.minInterval,
    ...(values.server === undefined ? {} : { server: values.server }),
    ...(values.apiKey === undefined ? {} : { apiKey: values.apiKey }),
  });
}

/** The absolute path of the file behind a `sqlite:` database; undefined for one in memory. */
export function sqliteFileOf(database: string): string | undefined {
  return database.startsWith("sqlite:") ? database.slice("sqlite:".length) : undefined;
}

function resolveDatabase(database: string, cwd: string): string {
  const file = sqliteFileOf(database);
  return file === undefined ? database : `sqlite:${resolve(cwd, file)}`;
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const child of Object.values(value)) {
    if (typeof child === "object" && child !== null) deepFreeze(child);
  }
  return Object.freeze(value);
}
