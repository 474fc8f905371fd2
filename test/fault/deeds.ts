// The effects ledger: an append-only file of what was asked, acknowledged and really done, in one order for all processes.

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/** What a client may ask. */
export type Operation = "create" | "trigger" | "pause" | "resume" | "cancel-task" | "cancel-run";

/** What the client said about a task, so that the checker need not believe the database. */
export interface TaskSpec {
  readonly name: string;
  readonly everyMs?: number;
  readonly anchorMs?: number;
  readonly cron?: string;
  readonly overlap: "allow" | "skip" | "queue" | "cancel-previous";
  readonly limit?: number;
  readonly maxAttempts: number;
  readonly maxRuns?: number;
}

/** One line of the file. `at` is the wall clock of the process that wrote it; what counts is the order of the lines. */
export type Deed =
  /** Before a call is made: from here on its outcome is open. */
  | {
      readonly e: "call";
      readonly op: Operation;
      readonly at: number;
      readonly task?: string;
      readonly run?: string;
      readonly spec?: TaskSpec;
    }
  /** After its answer was received. */
  | {
      readonly e: "ack";
      readonly op: Operation;
      readonly at: number;
      readonly task?: string;
      readonly run?: string;
      readonly name?: string;
    }
  /** The call was answered with a refusal: nothing will come of it. */
  | {
      readonly e: "refused";
      readonly op: Operation;
      readonly at: number;
      readonly task?: string;
      readonly run?: string;
    }
  /** User code began. */
  | {
      readonly e: "start";
      readonly at: number;
      readonly run: string;
      readonly task: string;
      readonly attempt: number;
      readonly pid: number;
    }
  /** User code is about to return. */
  | {
      readonly e: "end";
      readonly at: number;
      readonly run: string;
      readonly pid: number;
      readonly how: "ok" | "fail" | "fatal" | "snooze" | "aborted";
    }
  /** A durable step was performed; it was acknowledged as kept. */
  | { readonly e: "step" | "kept"; readonly run: string; readonly name: string; readonly pid: number }
  /** Somebody was told that a run has ended so. */
  | { readonly e: "told"; readonly run: string; readonly status: string }
  /** A process is gone, and with it all it was doing and every call that it had not answered. */
  | { readonly e: "gone"; readonly pid: number }
  /** The ledger gave a run away under this claim; it accepted an end under this claim. */
  | { readonly e: "claimed" | "settled"; readonly run: string; readonly claim: number };

/** The writing end. Each deed is one `write` with O_APPEND, so lines of several processes never mix and survive kill -9. */
export class DeedLog {
  readonly #fd: number;

  constructor(path: string) {
    this.#fd = openSync(path, "a");
  }

  write(deed: Deed): void {
    writeSync(this.#fd, `${JSON.stringify(deed)}\n`);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Every deed so far, in order. Only a line that a dying process left half written at the very end is dropped. */
export function readDeeds(path: string): readonly Deed[] {
  return parseDeeds(readFileSync(path, "utf8"));
}

export function parseDeeds(text: string): readonly Deed[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Deed])); // written by DeedLog only
}
