// docs/reference/configuration.md: every setting with its default, and the ways to give it.
import { settingReferences, writtenValue, type SettingReference } from "../src/config/reference.ts";
import type { Artifact } from "./generate/artifact.ts";
import { tableOf } from "./generate/table.ts";

export function configPage(): Artifact {
  const parts = [
    "# Configuration",
    "<!-- Written by `npm run docs` from src/config/schema.ts. -->",
    "A flag goes before the environment, the environment before the file `rota.config.ts` (or `.js`, `.mjs`) of" +
      " the working directory, and that before the default. An unknown or wrong value is refused at start, by name." +
      " `rota config print` shows every value and where it comes from.",
    ...settingReferences.flatMap(settingParts),
  ];
  return { path: "docs/reference/configuration.md", text: `${parts.join("\n\n")}\n` };
}

function settingParts(setting: SettingReference): readonly string[] {
  const { name, sentence, flag, variable, example } = setting;
  const rows = [
    ["flag", `\`${flag}\``],
    ["environment", `\`${variable}\``],
    ["default", defaultOf(setting)],
    ["example", `\`${example}\``],
    ["read by", readers[setting.usedBy]],
  ];
  return [`## ${name}`, `${sentence}.`, tableOf(["", ""], rows)];
}

const readers = {
  server: "the process that owns the database: the server, or a command that opens it itself",
  client: "commands, to find a server",
  both: "the server and commands",
} as const;

function defaultOf({ name, default: fallback }: SettingReference): string {
  const written = fallback === undefined ? "" : String(writtenValue(name, fallback));
  return written === "" ? "none" : `\`${written}\``;
}
