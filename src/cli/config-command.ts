// `rota config print`: the value of every setting and where it comes from.

import type { Command } from "commander";
import type { ResolvedSetting } from "../config/load.ts";
import { writtenValue } from "../config/reference.ts";
import { flagOf, variableOf } from "../config/schema.ts";
import type { Session } from "./session.ts";
import { addSettingOptions } from "./setting-options.ts";
import { globalFlags } from "./command-spec.ts";

export function addConfigCommand(program: Command, session: Session): void {
  const isZh = session.language === "zh";
  const config = program.command("config").description(isZh ? "配置" : "The configuration");
  const print = config
    .command("print")
    .description(
      isZh ? "显示每项设置的值及其来源" : "Show the value of each setting and where it comes from",
    );
  addSettingOptions(print, ({ flag }) => !globalFlags.some((name) => flag.startsWith(`${name} `)));
  print.action(async () => {
    const { settings } = await session.load(print);
    session.print(print, settings.map(rowOf), ["setting", "value", "origin"]);
  });
}

function rowOf({ name, value, origin }: ResolvedSetting): Readonly<Record<string, unknown>> {
  return {
    setting: name,
    value: writtenValue(name, value) ?? null,
    origin: origin.kind === "default" ? "default" : origin.name,
    variable: variableOf(name),
    flag: flagOf(name),
  };
}
