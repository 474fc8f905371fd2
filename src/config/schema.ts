// Every setting of Rota: what it means, its unit, default and example, and how its value is read.

import type { z } from "zod";
import { Zone } from "../domain/trigger/zone.ts";
import { allowList, choice, duration, integer, list, listOf, secret, text } from "./readers.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** One setting; its flag and environment variable follow from its name ({@link flagOf}, {@link variableOf}). */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** What it decides, without a full stop. */
  readonly sentence: string;
  readonly unit?: string;
  /** As one would write it in a config file; absent where nothing is set by default. */
  readonly default?: string | number | readonly string[];
  readonly example: string;
  /** What stands for the value in help texts, for example `<number>`. */
  readonly placeholder: string;
  /** Whose business it is: the process that serves, or the command that calls one. */
  readonly usedBy: "server" | "client" | "both";
  /** Never shown, not even when it is wrong. */
  readonly isSecret?: true;
  readonly schema: Schema;
}

function setting<Schema extends z.ZodType>(entry: Setting<Schema>): Setting<Schema> {
  return entry;
}

/** By name, in the order of documentation. A dot makes a group: `log.level` is `{ log: { level } }` in a config file. */
export const settings = {
  database: setting({
    sentence: "Where tasks, runs and everything else are kept",
    default: "sqlite:./rota.db",
    example: "sqlite:/data/rota.db",
    placeholder: "<url>",
    usedBy: "both",
    schema: text("expected sqlite:<path of a file> or memory:", readDatabase),
  }),
  host: setting({
    sentence: "Address the server listens on; only loopback for now, since there are no API keys yet",
    default: "127.0.0.1",
    example: "::1",
    placeholder: "<address>",
    usedBy: "server",
    schema: text("expected a host name or an IP address without a port", readHost),
  }),
  port: setting({
    sentence: "Port the server listens on; 0 takes any free one",
    default: 8000,
    example: "9000",
    placeholder: "<number>",
    usedBy: "server",
    schema: integer(0, 65_535),
  }),
  auth: setting({
    sentence:
      "Who needs an API key: open-on-loopback lets in whoever is on this machine, required nobody without one",
    default: "open-on-loopback",
    example: "required",
    placeholder: "<mode>",
    usedBy: "server",
    schema: choice(["open-on-loopback", "required"]),
  }),
  allowedHosts: setting({
    sentence: "Further names by which the server is reached, such as that of a proxy; any other is refused",
    default: [],
    example: "rota.example.com",
    placeholder: "<hosts>",
    usedBy: "server",
    schema: list("expected host names separated by commas", { isEmptyAllowed: true }),
  }),
  trustedProxies: setting({
    sentence: "Proxies whose word is taken for where a request comes from (X-Forwarded-For)",
    default: [],
    example: "10.0.0.1,10.1.0.0/16",
    placeholder: "<addresses>",
    usedBy: "server",
    schema: listOf("expected IP addresses or networks such as 10.1.0.0/16, separated by commas", isNetwork),
  }),
  "limits.requestsPerMinute": setting({
    sentence: "Requests one API key may make in a minute; 0 is no bound",
    unit: "requests",
    default: 6000,
    example: "600",
    placeholder: "<number>",
    usedBy: "server",
    schema: integer(0, 10_000_000),
  }),
  "limits.requestsAtOnce": setting({
    sentence: "Requests the server has in hand at once; further ones are told to come back",
    unit: "requests",
    default: 1000,
    example: "200",
    placeholder: "<number>",
    usedBy: "server",
    schema: integer(1, 1_000_000),
  }),
  "limits.bodyBytes": setting({
    sentence: "Largest body of a request",
    unit: "bytes",
    default: 2_097_152,
    example: "1048576",
    placeholder: "<number>",
    usedBy: "server",
    schema: integer(1024, 104_857_600),
  }),
  executors: setting({
    sentence: "Modules whose exported executors this process offers, relative to the working directory",
    default: [],
    example: "./tasks.ts",
    placeholder: "<files>",
    usedBy: "server",
    schema: list("expected paths of modules separated by commas", { isEmptyAllowed: true }),
  }),
  concurrency: setting({
    sentence: "Runs at once in this process",
    unit: "runs",
    default: 100,
    example: "20",
    placeholder: "<number>",
    usedBy: "server",
    schema: integer(1, 100_000),
  }),
  queues: setting({
    sentence: "Queues this process takes runs from; * is all of them",
    default: ["*"],
    example: "default,reports",
    placeholder: "<names>",
    usedBy: "server",
    schema: list("expected names of queues separated by commas, or *"),
  }),
  timezone: setting({
    sentence: "Zone of triggers that name none; never the machine's own",
    default: "UTC",
    example: "Asia/Shanghai",
    placeholder: "<zone>",
    usedBy: "server",
    schema: text("expected an IANA time zone such as UTC or Asia/Shanghai", readZone),
  }),
  "log.level": setting({
    sentence: "Least urgent log lines that are written",
    default: "info",
    example: "warn",
    placeholder: "<level>",
    usedBy: "server",
    schema: choice(["debug", "info", "warn", "error", "silent"]),
  }),
  "log.format": setting({
    sentence: "Form of log lines; auto is pretty on a terminal and JSON elsewhere",
    default: "auto",
    example: "json",
    placeholder: "<form>",
    usedBy: "server",
    schema: choice(["auto", "json", "pretty"]),
  }),
  allowCommands: setting({
    sentence: "Programs the `command` executor may run: off, a list, or all",
    default: "off",
    example: "python3,git",
    placeholder: "<programs>",
    usedBy: "server",
    schema: allowList("expected off, all, or programs separated by commas"),
  }),
  "outbound.allow": setting({
    sentence: "Private hosts which calls may reach although the server is open to other machines",
    default: [],
    example: "intranet.example,10.0.0.7",
    placeholder: "<hosts>",
    usedBy: "server",
    schema: list("expected host names separated by commas", { isEmptyAllowed: true }),
  }),
  "retention.success": setting({
    sentence: "How long completed runs are kept",
    unit: "duration",
    default: "7d",
    example: "1d",
    placeholder: "<duration>",
    usedBy: "server",
    schema: duration(0, 36_500 * dayMs),
  }),
  "retention.failure": setting({
    sentence: "How long runs that ended otherwise are kept",
    unit: "duration",
    default: "30d",
    example: "90d",
    placeholder: "<duration>",
    usedBy: "server",
    schema: duration(0, 36_500 * dayMs),
  }),
  "retention.audit": setting({
    sentence: "How long the audit is kept",
    unit: "duration",
    default: "90d",
    example: "365d",
    placeholder: "<duration>",
    usedBy: "server",
    schema: duration(0, 36_500 * dayMs),
  }),
  drain: setting({
    sentence: "How long a server that is told to stop lets runs finish",
    unit: "duration",
    default: "25s",
    example: "2m",
    placeholder: "<duration>",
    usedBy: "server",
    schema: duration(0, 24 * hourMs),
  }),
  synchronous: setting({
    sentence:
      "full survives a power failure; normal is faster and may lose the last commits in one, never in a crash",
    default: "full",
    example: "normal",
    placeholder: "<mode>",
    usedBy: "server",
    schema: choice(["full", "normal"]),
  }),
  minInterval: setting({
    sentence: "Shortest interval a trigger may have",
    unit: "duration",
    default: "1s",
    example: "1m",
    placeholder: "<duration>",
    usedBy: "server",
    schema: duration(1, 24 * hourMs),
  }),
  server: setting({
    sentence:
      "Server the commands talk to; without it they find the owner of the database, or open it themselves",
    example: "http://127.0.0.1:8000",
    placeholder: "<url>",
    usedBy: "client",
    schema: text("expected a URL such as http://127.0.0.1:8000", readServer),
  }),
  apiKey: setting({
    sentence: "API key the commands send to the server; better in the environment than on the command line",
    example: "rota_…",
    placeholder: "<key>",
    usedBy: "client",
    isSecret: true,
    schema: secret("expected an API key"),
  }),
} as const;

export type SettingName = keyof typeof settings;
export type SettingValue<Name extends SettingName> = z.output<(typeof settings)[Name]["schema"]>;
export type SettingInput<Name extends SettingName> = z.input<(typeof settings)[Name]["schema"]>;

// The keys of the literal above, which `Object.keys` widens to strings.
export const settingNames = Object.keys(settings) as readonly SettingName[];

/** `log.level` is set by `ROTA_LOG_LEVEL`. */
export function variableOf(name: SettingName): string {
  return `ROTA_${wordsOf(name).join("_").toUpperCase()}`;
}

/** `log.level` is set by `--log-level`. */
export function flagOf(name: SettingName): string {
  return `--${wordsOf(name).join("-")}`;
}

function wordsOf(name: SettingName): readonly string[] {
  return name.replaceAll(/[A-Z]/g, (letter) => `.${letter.toLowerCase()}`).split(".");
}

function readDatabase(value: string): string | undefined {
  if (value === "memory:") return value;
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(value)?.[1];
  // `sqlite://name` looks like a host to some and like a path to others.
  return path === undefined || path.startsWith("//") || path.endsWith("/") ? undefined : `sqlite:${path}`;
}

function readHost(value: string): string | undefined {
  const host = value.replace(/^\[(.*)\]$/, "$1");
  const isAddress = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.%a-z]*$/i.test(host);
  return isAddress || /^[a-z0-9._-]{1,253}$/i.test(host) ? host : undefined;
}

/** An address, or an address and the length of its prefix. */
function isNetwork(text: string): boolean {
  const [address = "", bits = "0", ...rest] = text.split("/");
  const isIpv4 =
    /^(\d{1,3}\.){3}\d{1,3}$/.test(address) && address.split(".").every((part) => Number(part) < 256);
  const isIpv6 = address.includes(":") && URL.canParse(`http://[${address}]/`);
  return (
    (isIpv4 || isIpv6) && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIpv4 ? 32 : 128) && rest.length === 0
  );
}

function readServer(value: string): string | undefined {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return undefined;
  return value.replace(/\/+$/, "");
}

function readZone(value: string): string | undefined {
  return Zone.find(value)?.name;
}
