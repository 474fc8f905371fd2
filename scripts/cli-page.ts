// docs/reference/cli.md: every command with its arguments and options, and what each exit code means.
import type { Command, Help } from "commander";
import pc from "picocolors";
import { catalogueCommands } from "../src/cli/commands.ts";
import { exitCodes } from "../src/cli/exit-code.ts";
import { createProgram } from "../src/cli/program.ts";
import { Session } from "../src/cli/session.ts";
import type { Artifact } from "./generate/artifact.ts";
import { tableOf } from "./generate/table.ts";

export function cliPage(): Artifact {
  const program = commandLine();
  const help = program.createHelp();
  const parts = [
    "# The command line",
    "<!-- Written by `npm run docs` from the catalogue and src/cli. -->",
    "A command asks the server named by `--server`, else the process that owns the database, else it opens the database" +
      " itself for that one command; then nothing is executed until a server runs. `--json` prints exactly the answer," +
      " and an error as problem details on standard error. `--lang zh`, or a Chinese locale, speaks Chinese.",
    "## Exit codes",
    exitCodeTable(),
    "`rota serve` ends with 0 after SIGTERM or SIGINT, and with 128 and the signal's number when a second signal ends" +
      " it at once.",
    "## Options of every command",
    optionTable(program, help),
    "## Commands",
    ...leavesOf(program).flatMap((command) => commandParts(command, help)),
  ];
  return { path: "docs/reference/cli.md", text: `${parts.join("\n\n")}\n` };
}

/** The real command line, which is looked at and never run. */
export function commandLine(): Command {
  const nowhere = {
    out: () => undefined,
    err: () => undefined,
    isTerminal: false,
    columns: undefined,
    colors: pc.createColors(false),
    errorColors: pc.createColors(false),
    env: {},
    cwd: "/",
    read: () => "",
  };
  const never = () => Promise.reject(new Error("a page runs nothing"));
  const session = new Session(nowhere, "en", never);
  return createProgram({ session, commands: catalogueCommands(), serve: never, version: "" });
}

/** The commands that do something, under the names they are typed by. */
export function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

export function spelling(command: Command): string {
  return command.parent === null ? command.name() : `${spelling(command.parent)} ${command.name()}`;
}

function exitCodeTable(): string {
  const rows = Object.entries(exitCodes).map(([code, { en }]) => [code, en]);
  return tableOf(["code", "meaning"], rows);
}

function commandParts(command: Command, help: Help): readonly string[] {
  const usage = [spelling(command), command.usage()].filter((part) => part !== "").join(" ");
  const args = help.visibleArguments(command);
  const rows = args.map((argument) => [`\`<${argument.name()}>\``, argument.description]);
  return [
    `### ${spelling(command)}`,
    command.description(),
    `\`\`\`text\n${usage}\n\`\`\``,
    ...(rows.length === 0 ? [] : [tableOf(["argument", "meaning"], rows)]),
    ...(help.visibleOptions(command).length <= 1 ? [] : [optionTable(command, help)]),
  ];
}

/** Without --help, which every command has. */
function optionTable(command: Command, help: Help): string {
  const options = help.visibleOptions(command).filter(({ long }) => long !== "--help");
  return tableOf(
    ["option", "meaning"],
    options.map(({ flags, description }) => [`\`${flags}\``, description]),
  );
}
