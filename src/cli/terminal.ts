// What the command line needs of the process around it: where to write, what to read, how wide, how colourful.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { isatty } from "node:tty";
import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

export interface Terminal {
  /** Writes to standard output; text brings its own line breaks. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person reads standard output. */
  readonly isTerminal: boolean;
  /** Characters in a line; undefined where nothing limits it. */
  readonly columns: number | undefined;
  readonly colors: Colors;
  /** Colours for standard error, which may go elsewhere than standard output. */
  readonly errorColors: Colors;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The text of a file, or of standard input for `-`. @throws what the file system says */
  readonly read: (path: string) => string;
  /** Asks a person and waits for the answer; absent where nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The terminal of this process. Colours only for a person, and never with NO_COLOR (https://no-color.org). */
export function processTerminal(): Terminal {
  const isTerminal = isatty(1);
  const mayColor = (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal,
    columns: isTerminal ? process.stdout.columns : undefined,
    colors: pc.createColors(mayColor && isTerminal),
    errorColors: pc.createColors(mayColor && isatty(2)),
    env: process.env,
    cwd: process.cwd(),
    read: (path) => readFileSync(path === "-" ? 0 : path, "utf8"),
    ...(isatty(0) && isatty(2) ? { ask } : {}),
  };
}

/** An end of the input is an answer too: none. */
function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
    lines.question(question, resolve);
  }).finally(() => lines.close());
}
