// Runs one command line from its words to its exit code.

import { CommanderError } from "commander";
import { failureJson, failureOf, failureText, misuse, type Failure } from "./error-text.ts";
import type { ExitCode } from "./exit-code.ts";
import { languageOf } from "./language.ts";
import { createProgram, type ProgramParts } from "./program.ts";
import type { Connect } from "./reach.ts";
import { Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export interface CliParts extends Omit<ProgramParts, "session"> {
  readonly terminal: Terminal;
  readonly connect: Connect;
}

/** @param argv - the words after the program's name */
export async function runCli(
  argv: readonly string[],
  { terminal, connect, ...parts }: CliParts,
): Promise<ExitCode> {
  const session = new Session(terminal, languageOf(argv, terminal.env), connect);
  try {
    const program = createProgram({ session, ...parts });
    await program.parseAsync(argv.length === 0 ? ["--help"] : argv, { from: "user" });
    return session.exitCode;
  } catch (error) {
    const failure = error instanceof CommanderError ? usageFailure(error) : failureOf(error);
    if (failure === undefined) return 0;
    const isJson = argv.includes("--json");
    terminal.err(
      isJson
        ? failureJson(failure)
        : failureText(failure, { colors: terminal.errorColors, language: session.language }),
    );
    if (failure.code === "INTERNAL" && error instanceof Error && terminal.env["ROTA_LOG_LEVEL"] === "debug") {
      terminal.err(`${error.stack ?? ""}\n`);
    }
    return failure.exitCode;
  }
}

/** Help and version end the parsing with an error that is none. */
function usageFailure(error: CommanderError): Failure | undefined {
  if (error.exitCode === 0) return undefined;
  const message = error.message.replace(/^error: /, "").replace(/\n+/g, " ");
  // A noun without a verb has printed its commands already.
  const said = error.code === "commander.help" ? "a command is missing" : message;
  return misuse(said, {
    en: "see rota --help, or --help after any command",
    zh: "查看 rota --help，或在任何命令后加 --help",
  });
}
