// The log of a process: JSON lines for machines, or short coloured lines for a person at a terminal.

import { isatty } from "node:tty";
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from "pino";
import type { LogLanguage } from "./messages.ts";
import { prettyLines } from "./pretty.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: "auto" | "json" | "pretty";
  /** Language of pretty lines; JSON lines are the same in every language. @default en */
  readonly language?: LogLanguage;
  /** Where lines go, each with its line break. @default the standard error of the process */
  readonly destination?: DestinationStream;
  /** Whether pretty lines are coloured. @default when standard error is a terminal and NO_COLOR is not set */
  readonly hasColor?: boolean;
}

const standardError = 2;

/**
 * Makes the log of a process. Lines are `{ level, time, message, … }` with the level as a word and the time in ISO 8601.
 *
 * Writing never throws and never waits; what is not written yet is written when the process exits.
 */
export function createLogger(options: LoggerOptions): Logger {
  const isTerminal = options.destination === undefined && isatty(standardError);
  const isPretty = options.format === "pretty" || (options.format === "auto" && isTerminal);
  const target = options.destination ?? destination({ dest: standardError, sync: false });
  const hasColor = options.hasColor ?? (isTerminal && (process.env["NO_COLOR"] ?? "") === "");
  return pino(
    {
      level: options.level,
      base: null,
      messageKey: "message",
      errorKey: "error",
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    isPretty ? prettyLines(target, { hasColor, language: options.language ?? "en" }) : target,
  );
}
