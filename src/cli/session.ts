// What all commands share: the terminal, the language, the configuration, and how an answer is printed.

import type { Command } from "commander";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import type { OperationName } from "../contract/routes.ts";
import { answerText } from "./answer.ts";
import { exitCodeOfRun, exitCodes, type ExitCode } from "./exit-code.ts";
import type { Language, Words } from "./language.ts";
import type { Connect } from "./reach.ts";
import { settingFlags } from "./setting-options.ts";
import { isRecord } from "./value-text.ts";
import type { Terminal } from "./terminal.ts";

export interface OperationCall {
  readonly operation: OperationName;
  readonly input: unknown;
  readonly isReading: boolean;
  readonly columns?: readonly string[];
  /** It waits for a run and ends as that run does. */
  readonly isWaiting?: boolean;
}

const phrases = {
  notServed: {
    en: "no server is running: nothing is executed until you start one with `rota serve`",
    zh: "没有正在运行的服务：用 `rota serve` 启动后才会执行",
  },
} as const satisfies Record<string, Words>;

export class Session {
  readonly terminal: Terminal;
  readonly language: Language;
  readonly #connect: Connect;
  /** How the process ends when nothing is thrown. */
  exitCode: ExitCode = 0;

  constructor(terminal: Terminal, language: Language, connect: Connect) {
    this.terminal = terminal;
    this.language = language;
    this.#connect = connect;
  }

  /** The configuration as the flags of this command, the environment and the working directory have it. */
  async load(command: Command): Promise<LoadedConfig> {
    const { env, cwd } = this.terminal;
    return loadConfig({ flags: settingFlags(command.optsWithGlobals()), env, cwd });
  }

  /** Performs one operation and prints its answer. */
  async perform(
    command: Command,
    { operation, input, isReading, columns, isWaiting = false }: OperationCall,
  ): Promise<void> {
    const { config } = await this.load(command);
    const reach = await this.#connect(config, { isReading });
    try {
      const answer = await reach.invoke(operation, input);
      this.print(command, answer, columns);
      if (isWaiting) this.#endAs(answer, command);
      if (!isReading && !reach.isServed && this.terminal.isTerminal) this.say(phrases.notServed);
    } finally {
      await reach.close();
    }
  }

  /** What became of the run that was waited for is how the command ends. */
  #endAs(run: unknown, command: Command): void {
    const { id, status } = isRecord(run) ? run : {};
    this.exitCode = exitCodeOfRun(status);
    if (this.exitCode === 0 || command.optsWithGlobals()["json"] === true) return;
    const { en, zh } = exitCodes[this.exitCode];
    this.say({ en: `${en}; see rota explain ${String(id)}`, zh: `${zh}；查看 rota explain ${String(id)}` });
  }

  /** With --json exactly the answer; else what a person wants to see of it. */
  print(command: Command, answer: unknown, columns?: readonly string[]): void {
    const { terminal, language } = this;
    if (command.optsWithGlobals()["json"] === true) {
      terminal.out(`${JSON.stringify(answer ?? null, undefined, 2)}\n`);
    } else {
      terminal.out(
        answerText(answer, columns, { language, colors: terminal.colors, columns: terminal.columns }),
      );
    }
  }

  /** A remark for a person, beside the answer. */
  say(words: Words): void {
    this.terminal.err(`${this.terminal.errorColors.dim(words[this.language])}\n`);
  }
}
