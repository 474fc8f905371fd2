// Puts the configuration together: flags before environment before config file before defaults.

import { closest } from "../domain/closest.ts";
import { RotaError, type Issue } from "../domain/errors.ts";
import { readConfigFile, type ReadConfigFile } from "./config-file.ts";
import { toConfig, type Config, type SettingValues } from "./config.ts";
import { flagOf, settingNames, settings, variableOf, type Setting, type SettingName } from "./schema.ts";
import { misspelt } from "./variables.ts";

/** Where the value of a setting comes from; `name` is the flag, the variable or the file. */
export type Origin =
  | { readonly kind: "flag" | "environment" | "file"; readonly name: string }
  | { readonly kind: "default" };

export interface LoadedConfig {
  readonly config: Config;
  /** Every setting, in the order of the schema; `value` is absent where nothing is set. */
  readonly settings: readonly ResolvedSetting[];
}

export interface ResolvedSetting {
  readonly name: SettingName;
  /** As it was read, before paths are resolved; a secret prints as `[secret]`. */
  readonly value?: unknown;
  readonly origin: Origin;
}

export interface ConfigSources {
  /** By name of setting, as given on the command line. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the config file is looked for, and what relative paths start from. */
  readonly cwd: string;
}

/**
 * Reads the configuration once, at the edge; what it returns is frozen.
 *
 * An empty environment variable counts as absent. All problems are found before any is reported.
 *
 * @throws CONFIG_INVALID naming each value, what was expected, and where it came from (`details.issues`)
 */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const file = await readConfigFile(sources.cwd);
  const given = file === undefined ? {} : flatten(file.content);
  const issues = [
    ...unknownNames(Object.keys(sources.flags), "a flag"),
    ...misspelt(sources.env),
    ...unknownNames(Object.keys(given), file?.name ?? ""),
  ];
  const resolved = settingNames.map((name) => resolveSetting(name, { ...sources, file, given }, issues));
  if (issues.length > 0) throw invalid(issues);
  // Each value has passed the schema of its own setting just now.
  const values = Object.fromEntries(resolved.map(({ name, value }) => [name, value])) as SettingValues;
  return { config: toConfig(values, sources.cwd), settings: resolved };
}

interface Found {
  readonly input: unknown;
  readonly origin: Origin;
}

interface AllSources extends ConfigSources {
  readonly file: ReadConfigFile | undefined;
  readonly given: Readonly<Record<string, unknown>>;
}

function resolveSetting(name: SettingName, sources: AllSources, issues: Issue[]): ResolvedSetting {
  const { input, origin } = find(name, sources);
  if (input === undefined) return { name, origin };
  const entry: Setting = settings[name];
  const read = entry.schema.safeParse(input);
  if (read.success) return { name, value: read.data, origin };
  const expected = read.error.issues[0]?.message ?? "not valid";
  const shown = entry.isSecret ? "something else" : describe(input);
  const from = origin.kind === "default" ? "" : ` (from ${origin.name})`;
  issues.push({ path: name, code: "invalid", message: `${expected}, got ${shown}${from}` });
  return { name, origin };
}

function find(name: SettingName, { flags, env, file, given }: AllSources): Found {
  const variable = variableOf(name);
  if (flags[name] !== undefined) return { input: flags[name], origin: { kind: "flag", name: flagOf(name) } };
  const text = env[variable];
  if (text !== undefined && text.trim() !== "")
    return { input: text, origin: { kind: "environment", name: variable } };
  if (file !== undefined && given[name] !== undefined) {
    return { input: given[name], origin: { kind: "file", name: file.name } };
  }
  const entry: Setting = settings[name];
  return { input: entry.default, origin: { kind: "default" } };
}

const groups = new Set(settingNames.flatMap((name) => name.split(".").slice(0, -1)));

/** `{ log: { level: "warn" } }` as `{ "log.level": "warn" }`; a group that is no object stays as it is and is unknown. */
function flatten(content: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, value]): [string, unknown][] => {
      if (!groups.has(name) || typeof value !== "object" || value === null) return [[name, value]];
      return Object.entries(value).map(([inner, innerValue]) => [`${name}.${inner}`, innerValue]);
    }),
  );
}

function unknownNames(names: readonly string[], from: string): Issue[] {
  return names
    .filter((name) => !Object.hasOwn(settings, name))
    .map((name) => {
      const near = closest(name, settingNames) ?? settingNames.find((known) => known.startsWith(`${name}.`));
      const hint = near === undefined ? "" : `, did you mean ${near}?`;
      return { path: name, code: "unknown", message: `there is no such setting${hint} (from ${from})` };
    });
}

function invalid(issues: readonly Issue[]): RotaError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const message =
    first === undefined ? "config: not valid" : `config: ${first.path}: ${first.message}${more}`;
  return new RotaError("CONFIG_INVALID", message, { details: { issues } });
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
