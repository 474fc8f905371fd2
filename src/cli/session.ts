// What all commands share: the terminal, the language, the configuration, and how an answer is printed.

import type { Command } from "commander";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import type { OperationName } from "../contract/routes.ts";
import { RotaError } from "../domain/errors.ts";
import { answerText } from "./answer.ts";
import { exitCodeOfRun, exitCodes, type ExitCode } from "./exit-code.ts";
import type { Language, Words } from "./language.ts";
import type { Connect, Reach } from "./reach.ts";
import { streamLine } from "./stream-line.ts";
import { settingFlags } from "./setting-options.ts";
import type { TableStyle } from "./table.ts";
import { isRecord } from "./value-text.ts";
import type { Terminal } from "./terminal.ts";

export interface OperationCall {
  readonly operation: OperationName;
  readonly input: unknown;
  readonly isReading: boolean;
  readonly columns?: readonly string[];
  /** It waits for a run and ends as that run does. */
  readonly isWaiting?: boolean;
  /** Shows the answer to a person where a table of its fields does not. */
  readonly show?: (answer: unknown, style: TableStyle) => string;
  /** How the command ends with this answer. */
  readonly endAs?: (answer: unknown) => ExitCode;
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
    { operation, input, isReading, columns, isWaiting = false, show, endAs }: OperationCall,
  ): Promise<void> {
    const reach = await this.open(command, { isReading });
    try {
      const answer = await reach.invoke(operation, input);
      this.print(command, answer, columns, show);
      if (isWaiting) this.#endAs(answer, command);
      if (endAs !== undefined) this.exitCode = endAs(answer);
      if (!isReading && !reach.isServed && this.terminal.isTerminal) this.sayNotServed();
    } finally {
      await reach.close();
    }
  }

  /** Prints what a stream tells, a line for each item, until it ends or the person does. With --json a line of JSON. */
  async follow(command: Command, operation: OperationName, input: unknown): Promise<void> {
    const reach = await this.open(command, { isReading: true });
    try {
      if (!reach.isServed) {
        throw new RotaError(
          "CONFIG_INVALID",
          "server: nothing happens while no server runs; start one with rota serve",
        );
      }
      const isJson = command.optsWithGlobals()["json"] === true;
      const { language, terminal } = this;
      const items = (await reach.invoke(operation, input)) as AsyncIterable<unknown>; // what a stream answers with
      for await (const item of items)
        terminal.out(
          `${isJson ? JSON.stringify(item) : streamLine(item, { language, colors: terminal.colors })}\n`,
        );
    } finally {
      await reach.close();
    }
  }

  /** The way to Rota, which the caller closes. */
  async open(command: Command, options: Parameters<Connect>[1]): Promise<Reach> {
    const { config } = await this.load(command);
    return this.#connect(config, options);
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
  print(command: Command, answer: unknown, columns?: readonly string[], show?: OperationCall["show"]): void {
    const { terminal, language } = this;
    const style = { language, colors: terminal.colors, columns: terminal.columns };
    const isJson = command.optsWithGlobals()["json"] === true;
    const text = show === undefined ? this.textOf(answer, columns) : show(answer, style);
    terminal.out(isJson ? `${JSON.stringify(answer ?? null, undefined, 2)}\n` : text);
  }

  /** What a person wants to see of an answer. */
  textOf(answer: unknown, columns?: readonly string[]): string {
    const { terminal, language } = this;
    return answerText(answer, columns, { language, colors: terminal.colors, columns: terminal.columns });
  }

  sayNotServed(): void {
    this.say(phrases.notServed);
  }

  /** A remark for a person, beside the answer. */
  say(words: Words): void {
    this.terminal.err(`${this.terminal.errorColors.dim(words[this.language])}\n`);
  }
}
