// JSONata in a process of its own: an expression without end or measure costs its request, and nothing else.

import { fork, type ChildProcess } from "node:child_process";
import type { Evaluated, EvaluationRequest, Expressions } from "../../ports/expressions.ts";
import type { Answer, Question } from "./messages.ts";

export interface JsonataOptions {
  /** Longest time for one request, in milliseconds. @default 1,000 */
  readonly timeoutMs?: number;
  /** Memory of the process, in mebibytes. @default 128 */
  readonly maxHeapMb?: number;
}

/** Sources run as TypeScript, the package as JavaScript: the process's file ends like this one. */
const processFile = new URL(
  import.meta.url.endsWith(".ts") ? "./process-main.ts" : "./process-main.js",
  import.meta.url,
);

interface Waiting {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
}

/**
 * The process starts with the first question and is kept; it keeps no program alive while nothing is asked.
 *
 * A thread with a limited heap would be lighter, but does not hold: V8 gives up the whole process when one allocation
 * goes far beyond the limit (`$map([1..9999999], …)` ends it every time).
 */
export class JsonataExpressions implements Expressions {
  readonly #arguments: readonly string[];
  readonly #execArgv: readonly string[];
  readonly #waiting: Waiting[] = [];
  #asked: Waiting | undefined;
  #child: ChildProcess | undefined;
  #isClosed = false;

  constructor({ timeoutMs = 1000, maxHeapMb = 128 }: JsonataOptions = {}) {
    this.#arguments = [String(timeoutMs)];
    this.#execArgv = [`--max-old-space-size=${maxHeapMb}`];
  }

  async check(texts: readonly string[]): Promise<readonly (string | null)[]> {
    if (texts.length === 0) return [];
    const answer = await this.#ask({ kind: "check", texts });
    return answer.kind === "checked" ? answer.problems : texts.map(() => reasonOf(answer));
  }

  async evaluate({ texts, scope }: EvaluationRequest): Promise<readonly Evaluated[]> {
    if (texts.length === 0) return [];
    const answer = await this.#ask({ kind: "evaluate", texts, scope });
    if (answer.kind === "evaluated") return answer.values;
    return texts.map(() => ({ ok: false, message: reasonOf(answer) }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(ended("this process stops"));
    this.#answer(ended("this process stops"));
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await gone;
  }

  #ask(question: Question): Promise<Answer> {
    if (this.#isClosed) return Promise.resolve(ended("this process stops"));
    return new Promise((resolve) => {
      this.#waiting.push({ question, resolve });
      this.#next();
    });
  }

  #next(): void {
    if (this.#asked !== undefined) return;
    this.#asked = this.#waiting.shift();
    if (this.#asked === undefined) return this.#hold(false);
    this.#child ??= this.#start();
    this.#hold(true);
    this.#child.send(this.#asked.question, () => {
      // A process that is gone is told by its exit.
    });
  }

  #start(): ChildProcess {
    const child = fork(processFile, this.#arguments, {
      execArgv: [...this.#execArgv],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: {},
    });
    child.on("message", (answer: Answer) => this.#answer(answer));
    const lose = (reason: string): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#answer(ended(reason));
    };
    child.once("error", (error) => lose(`expressions cannot be computed here: ${error.message}`));
    // V8 aborts at its limit of memory; nothing else ends the process while it is asked.
    child.once("exit", (code) =>
      lose(code === null ? "it needed too much memory" : `its process ended with code ${code}`),
    );
    return child;
  }

  #hold(isHeld: boolean): void {
    const child = this.#child;
    if (isHeld) {
      child?.ref();
      child?.channel?.ref();
    } else {
      child?.unref();
      child?.channel?.unref();
    }
  }

  #answer(answer: Answer): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.resolve(answer);
    this.#next();
  }
}

function ended(reason: string): Answer {
  return { kind: "ended", reason };
}

function reasonOf(answer: Answer): string {
  return answer.kind === "ended" ? answer.reason : "the answer belongs to another question";
}
