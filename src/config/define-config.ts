// The shape of rota.config.ts, and the helper that checks it while it is written.

import type { SettingInput, SettingName } from "./schema.ts";

type Plain<Name extends string> = Name extends `${string}.${string}` ? never : Name;
type GroupOf<Name extends string> = Name extends `${infer Group}.${string}` ? Group : never;
type Within<Group extends string> = {
  readonly [
    Name in SettingName as Name extends `${Group}.${infer Inner}` ? Inner : never
  ]?: SettingInput<Name>;
};

/** What a `rota.config.ts` may export: every setting by its name, all optional. */
export type ConfigFile = { readonly [Name in Plain<SettingName>]?: SettingInput<Name> } & {
  readonly [Group in GroupOf<SettingName>]?: Within<Group>;
};

/**
 * Gives completion and type checks in a config file; returns what it was given.
 *
 * Flags and environment variables go before what the file says. Values are read when Rota starts, and a wrong one is
 * refused with CONFIG_INVALID then.
 *
 * @example
 * export default defineConfig({ database: "sqlite:./data/rota.db", retention: { success: "1d" } });
 */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config;
}
