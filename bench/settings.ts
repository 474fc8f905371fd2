// The command line of the benchmark.

import { parseArgs } from "node:util";

export interface Settings {
  /** Bars to measure, `E1` …; empty for all of the mode. */
  readonly only: readonly string[];
  /** Rounds of each workload. */
  readonly rounds: number;
  /** Rounds as given, so that a workload's own limit for quick mode gives way. */
  readonly hasRounds: boolean;
  readonly isThorough: boolean;
  readonly isBig: boolean;
  readonly builds: boolean;
  readonly maxForeign: number;
  readonly tries: number;
}

export const usage = `npm run bench -- [options]

  --only E1,E4      only these bars
  --reps <n>        rounds of each workload (default 3; 5 with --full)
  --full            longer measurements and no shortened workloads
  --big             also E10: a million schedules, ten million runs (10 GB of disk, many minutes)
  --max-foreign <n> share of all cores that other processes may use meanwhile (default 0.06)
  --tries <n>       most times a disturbed measurement is made (default 3)
  --no-build        measure dist as it is
`;

/** @throws with a message for the user when an option is unknown or out of range */
export function readSettings(words: readonly string[]): Settings | "help" {
  const { values } = parseArgs({
    args: [...words],
    allowNegative: true,
    options: {
      only: { type: "string" },
      reps: { type: "string" },
      full: { type: "boolean", default: false },
      big: { type: "boolean", default: false },
      build: { type: "boolean", default: true },
      "max-foreign": { type: "string", default: "0.06" },
      tries: { type: "string", default: "3" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  return {
    only: values.only?.split(",").map((id) => id.trim().toUpperCase()) ?? [],
    rounds: wholeNumber("--reps", values.reps ?? (values.full ? "5" : "3")),
    hasRounds: values.reps !== undefined,
    isThorough: values.full,
    isBig: values.big,
    builds: values.build,
    maxForeign: share("--max-foreign", values["max-foreign"]),
    tries: wholeNumber("--tries", values.tries),
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option}: expected a whole number from 1, got ${text}`);
  return value;
}

function share(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1))
    throw new Error(`${option}: expected a number above 0 and up to 1, got ${text}`);
  return value;
}
