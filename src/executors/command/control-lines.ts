// What a program tells on file descriptor 3 and is answered on 4: progress, log, output, durable steps, as JSON lines.

import { describeInexact, inexactIn } from "../../domain/inexact-json.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { LogLevel, RunContext } from "../../ports/executor.ts";

/**
 * The program writes on 3, one JSON object a line, and may read the answers on 4:
 * `{"progress": …}` replaces the run's progress; `{"output": …}` appends to its output; `{"log": "text"}` or
 * `{"log": {"level": "warn", "message": "text", "fields": {…}}}` writes a log line;
 * `{"step": "name", "result": …}` keeps a result;
 * `{"begin": "name"}` asks about a step, and is answered `{"step": "name", "finished": true, "result": …}` when an earlier
 * attempt finished it, else `{"step": "name", "finished": false}`; the program then does it and tells its result.
 * A line that cannot be held exactly (an integer beyond 2^53, a key twice) is refused whole.
 * A kept step is answered `{"saved": "name"}`, one that cannot be kept `{"refused": "name", "message": …}`.
 */
export class ControlLines {
  readonly #context: RunContext;
  readonly #tell: (line: string) => void;
  /** Steps that were begun and whose results are awaited, oldest first. */
  readonly #begun = new Map<string, PromiseWithResolvers<Json>[]>();

  constructor(context: RunContext, tell: (line: string) => void) {
    this.#context = context;
    this.#tell = tell;
  }

  take(line: string): void {
    const message = parsed(line);
    if (message === undefined) {
      this.#context.log.warn("a line on file descriptor 3 is no JSON object", { line: line.slice(0, 200) });
      return;
    }
    const inexact = inexactIn(line);
    if (inexact !== undefined) return this.#refuse(message, describeInexact(inexact));
    try {
      this.#obey(message);
    } catch (error) {
      this.#context.log.warn("a line on file descriptor 3 was refused", { reason: String(error) });
    }
  }

  /** The program has ended: what it began and did not finish will not be. */
  end(): void {
    for (const waiting of this.#begun.values()) {
      for (const step of waiting) step.reject(new Error("the program ended before the step did"));
    }
    this.#begun.clear();
  }

  /** What it begins or finishes a step with may be waiting for an answer. */
  #refuse({ begin, step }: JsonObject, reason: string): void {
    this.#context.log.warn("a line on file descriptor 3 was refused", { reason });
    for (const name of [begin, step])
      if (typeof name === "string") this.#answer({ refused: name, message: reason });
  }

  #obey(message: JsonObject): void {
    const { progress, output, log, step, begin, result = null } = message;
    if (progress !== undefined) this.#context.progress(progress);
    if (output !== undefined) this.#context.emit(output);
    if (log !== undefined) this.#log(log);
    if (typeof begin === "string") this.#begin(begin);
    if (typeof step === "string") this.#finish(step, result);
  }

  #log(log: Json): void {
    const { level, message, fields } =
      typeof log === "object" && log !== null && "message" in log ? log : { level: "info", message: log };
    const text = typeof message === "string" ? message : JSON.stringify(message);
    const isObject = typeof fields === "object" && fields !== null && !Array.isArray(fields);
    const more = isObject ? (fields as JsonObject) : undefined; // JSON that is no array
    this.#context.log[levelOf(level)](text, more);
  }

  #begin(name: string): void {
    this.#keep(name, { isBegun: true }, () => {
      const step = Promise.withResolvers<Json>();
      this.#begun.set(name, [...(this.#begun.get(name) ?? []), step]);
      this.#answer({ step: name, finished: false });
      return step.promise;
    });
  }

  #finish(name: string, result: Json): void {
    const waiting = this.#begun.get(name)?.shift();
    if (waiting) waiting.resolve(result);
    else this.#keep(name, { isBegun: false }, () => result);
  }

  #keep(name: string, { isBegun }: { readonly isBegun: boolean }, act: () => Json | Promise<Json>): void {
    let isNew = false;
    const kept = this.#context.step<Json>(name, () => {
      isNew = true;
      return act();
    });
    kept.then(
      (result) => this.#answer(isNew || !isBegun ? { saved: name } : { step: name, finished: true, result }),
      (error: unknown) =>
        this.#answer({ refused: name, message: error instanceof Error ? error.message : String(error) }),
    );
  }

  #answer(message: JsonObject): void {
    this.#tell(JSON.stringify(message));
  }
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined; // parsed JSON that is no array
  } catch {
    return undefined;
  }
}

function levelOf(level: Json | undefined): LogLevel {
  return level === "debug" || level === "warn" || level === "error" ? level : "info";
}
