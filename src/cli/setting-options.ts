// The settings as options of a command, and the flags that were given for them.

import { Option, type Command } from "commander";
import { settingReferences, type SettingReference } from "../config/reference.ts";
import type { ConfigSources } from "../config/load.ts";

/** Adds an option for each setting that `isWanted`. */
export function addSettingOptions(command: Command, isWanted: (setting: SettingReference) => boolean): void {
  for (const setting of settingReferences.filter(isWanted)) {
    const fallback = setting.default === undefined ? "" : `, default ${textOf(setting.default)}`;
    command.addOption(new Option(setting.flag, `${setting.sentence} (${setting.variable}${fallback})`));
  }
}

/** What was given, by name of setting. */
export function settingFlags(given: Readonly<Record<string, unknown>>): ConfigSources["flags"] {
  return Object.fromEntries(
    settingReferences.flatMap(({ name, flag }) => {
      const value = given[new Option(flag).attributeName()];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function textOf(value: string | number | readonly string[]): string {
  if (typeof value !== "object") return String(value);
  return value.length === 0 ? "none" : value.join(",");
}
