// The whole command line: every operation of the catalogue, and the few commands that are no operation.

import { Command, Option } from "commander";
import { nouns } from "../contract/nouns.ts";
import type { Words } from "../contract/operation.ts";
import type { OperationCommand } from "./commands.ts";
import { addConfigCommand } from "./config-command.ts";
import { exitCodeLines } from "./exit-code.ts";
import { addExplainCommand } from "./explain-command.ts";
import { languages, type Language } from "./language.ts";
import { addOperationCommand } from "./operation-command.ts";
import { readInput } from "./read-input.ts";
import { addServeCommand, type Serve } from "./serve-command.ts";
import type { Session } from "./session.ts";
import { addSettingOptions } from "./setting-options.ts";

export interface ProgramParts {
  readonly session: Session;
  readonly commands: readonly OperationCommand[];
  readonly serve: Serve;
  readonly version: string;
}

const titles: Readonly<Record<string, string>> = {
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "Global Options:": "全局选项：",
  "Commands:": "命令：",
};

/** Throws instead of ending the process, and writes through the session's terminal. */
export function createProgram({ session, commands, serve, version }: ProgramParts): Command {
  const { language, terminal } = session;
  const program = new Command("rota")
    .description(
      words(
        language,
        "Task control: say once what should be done and when",
        "任务控制平台：说一次做什么、何时做",
      ),
    )
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      // Mistakes are reported in one way, whoever finds them: by the caller, from what is thrown.
      outputError: () => undefined,
      getOutHelpWidth: () => terminal.columns ?? 100,
      getErrHelpWidth: () => terminal.columns ?? 100,
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => terminal.colors.bold(language === "zh" ? (titles[title] ?? title) : title),
    })
    .helpOption("-h, --help", words(language, "show help", "显示帮助"))
    .helpCommand(false)
    .version(version, "--version", words(language, "show the version", "显示版本"));
  addGlobalOptions(program, language);
  addServeCommand(program, session, serve);
  for (const spec of commands) {
    const parent = spec.noun === undefined ? program : nounOf(program, spec.noun, language);
    addOperationCommand(parent, spec, {
      language,
      act: async (given, command) => {
        const input = readInput(spec, given, terminal.read);
        const { operation, isReading, columns } = spec;
        await session.perform(command, {
          operation,
          input,
          isReading,
          isWaiting: input["wait"] !== undefined,
          ...(columns === undefined ? {} : { columns }),
        });
      },
    });
  }
  addExplainCommand(program, session);
  addConfigCommand(program, session);
  const title = terminal.colors.bold(words(language, "Exit codes:", "退出码："));
  program.addHelpText("after", `\n${title}\n${exitCodeLines(language)}`);
  return program;
}

function addGlobalOptions(program: Command, language: Language): void {
  program
    .option("--json", words(language, "print exactly the answer, as JSON", "以 JSON 原样输出结果"))
    .addOption(new Option("--lang <language>", words(language, "language", "语言")).choices([...languages]));
  addSettingOptions(program, ({ name, usedBy }) => usedBy === "client" || name === "database");
}

function nounOf(program: Command, noun: string, language: Language): Command {
  const known = program.commands.find((command) => command.name() === noun);
  return known ?? program.command(noun).description(wordsOf(noun)?.[language] ?? noun);
}

/** A command may group operations under a noun that begins none of their names. */
function wordsOf(noun: string): Words | undefined {
  return Object.entries(nouns).find(([name]) => name === noun)?.[1];
}

function words(language: Language, en: string, zh: string): string {
  return language === "zh" ? zh : en;
}
