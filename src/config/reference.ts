// The settings as plain data: what the reference page and the help texts are made from.

import { formatDuration } from "../domain/duration.ts";
import { flagOf, settingNames, settings, variableOf, type Setting, type SettingName } from "./schema.ts";
import { Secret } from "./secret.ts";

const dayMs = 86_400_000;

export interface SettingReference {
  readonly name: SettingName;
  readonly sentence: string;
  readonly unit?: string;
  readonly default?: string | number | readonly string[];
  readonly example: string;
  /** With what stands for its value: `--port <number>`. */
  readonly flag: string;
  readonly variable: string;
  readonly usedBy: Setting["usedBy"];
}

/** Every setting, in the order in which they are documented. */
export const settingReferences: readonly SettingReference[] = settingNames.map((name) => {
  const entry: Setting = settings[name];
  const { sentence, unit, example, placeholder, usedBy } = entry;
  return {
    name,
    sentence,
    example,
    usedBy,
    flag: `${flagOf(name)} ${placeholder}`,
    variable: variableOf(name),
    ...(unit === undefined ? {} : { unit }),
    ...(entry.default === undefined ? {} : { default: entry.default }),
  };
});

/** A value as one would write it in a config file: `25s` instead of 25,000, `off` instead of false. */
export function writtenValue(name: SettingName, value: unknown): unknown {
  const entry: Setting = settings[name];
  if (value instanceof Secret) return value.toString();
  if (entry.unit === "duration" && typeof value === "number") {
    return value > 0 && value % dayMs === 0 ? `${value / dayMs}d` : formatDuration(value);
  }
  if (typeof value === "boolean") return value ? "all" : "off";
  return value;
}
