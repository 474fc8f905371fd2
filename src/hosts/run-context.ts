// The context an executor sees, over the services the engine offers: lean to make, since most runs use little of it.

import type { Json, JsonObject } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Question } from "../domain/outcome.ts";
import type { LogLevel, Resumed, RunContext, RunServices } from "../ports/executor.ts";
import { DurableSteps, userResumed } from "./durable-steps.ts";
import { toJson } from "./json-value.ts";
import { bounded } from "./run-error.ts";
import type { Suspension } from "./suspension.ts";

const maxLogMessageBytes = 65_536;

/**
 * Making one costs two fields; the rest comes into being when it is asked for. Methods are getters which return bound
 * functions, so that `run(params, { step, log })` works as well as `ctx.step(…)`.
 */
export class HostedContext implements RunContext {
  readonly #services: RunServices;
  readonly #limits: Limits;
  #steps: DurableSteps | undefined;
  #log: RunContext["log"] | undefined;
  #isEnded = false;

  declare readonly scheduledForMs?: number;
  declare readonly resumed?: Resumed;

  static {
    // Optional fields of the port: as accessors they would have to be declared `| undefined`, which they are not.
    Object.defineProperties(this.prototype, {
      scheduledForMs: {
        get(this: HostedContext) {
          return this.#services.scheduledForMs;
        },
      },
      resumed: {
        get(this: HostedContext) {
          return userResumed(this.#services.resumed);
        },
      },
    });
  }

  constructor(services: RunServices, limits: Limits) {
    this.#services = services;
    this.#limits = limits;
  }

  get runId(): string {
    return this.#services.runId;
  }

  get taskId(): string {
    return this.#services.taskId;
  }

  get type(): string {
    return this.#services.type;
  }

  get attempt(): number {
    return this.#services.attempt;
  }

  get idempotencyKey(): string {
    return this.#services.runId;
  }

  get signal(): AbortSignal {
    return this.#services.signal;
  }

  get step(): RunContext["step"] {
    return <T extends Json | void>(
      name: string,
      act: (step: { readonly idempotencyKey: string }) => Promise<T> | T,
    ) =>
      // The result is what `act` returned, through JSON: T by the promise of the caller's types.
      this.#durable().step(name, act) as Promise<T>;
  }

  get checkpoint(): RunContext["checkpoint"] {
    return async () => {
      this.#durable().assertOpen();
      await this.#services.checkpoint();
    };
  }

  get progress(): RunContext["progress"] {
    return (value: Json) => {
      if (!this.#isEnded) this.#services.progress(toJson(value, this.#limits.stepBytes));
    };
  }

  get emit(): RunContext["emit"] {
    return (chunk: Json) => {
      if (!this.#isEnded) this.#services.emit(toJson(chunk, this.#limits.outputBytes));
    };
  }

  get log(): RunContext["log"] {
    return (this.#log ??= {
      debug: (message, fields) => this.#write("debug", message, fields),
      info: (message, fields) => this.#write("info", message, fields),
      warn: (message, fields) => this.#write("warn", message, fields),
      error: (message, fields) => this.#write("error", message, fields),
    });
  }

  /** A sleep of 0 or less is over at once. */
  get sleep(): RunContext["sleep"] {
    return async (ms: number) => {
      if (typeof ms !== "number" || Number.isNaN(ms))
        throw new TypeError(`ctx.sleep needs milliseconds, got ${String(ms)}`);
      if (ms > 0) await this.#durable().wait("$sleep", { forMs: Math.ceil(ms) }, () => null);
    };
  }

  /** With `timeoutMs`, a signal that does not come in time ends the run `timed_out`. */
  get waitFor(): RunContext["waitFor"] {
    return (name: string, options: { readonly timeoutMs?: number } = {}) => {
      const { timeoutMs } = options;
      const request = { signal: name, ...(timeoutMs === undefined ? {} : { answerInMs: timeoutMs }) };
      return this.#durable().wait(`$signal:${name}`, request, ({ signal }) =>
        signal?.name === name ? signal.payload : undefined,
      );
    };
  }

  get ask(): RunContext["ask"] {
    return ({ answerByMs, ...question }: Question & { readonly answerByMs?: number }) => {
      const request = { question, ...(answerByMs === undefined ? {} : { answerByMs }) };
      return this.#durable().wait("$ask", request, ({ answer }) => answer);
    };
  }

  /** The wait the code has met; for the host. */
  get suspension(): Suspension | undefined {
    return this.#steps?.suspension;
  }

  /** Resolves when the steps at work have ended; undefined when there are none. For the host. */
  settled(): Promise<void> | undefined {
    return this.#steps?.isBusy ? this.#steps.settled() : undefined;
  }

  /** After this, code that was left behind can neither write nor begin anything. For the host. */
  end(): void {
    this.#isEnded = true;
    this.#steps?.end();
  }

  #durable(): DurableSteps {
    if (this.#steps === undefined) {
      this.#steps = new DurableSteps(this.#services, this.#limits);
      if (this.#isEnded) this.#steps.end();
    }
    return this.#steps;
  }

  #write(level: LogLevel, message: unknown, fields: JsonObject | undefined): void {
    if (this.#isEnded) return;
    const text = bounded(typeof message === "string" ? message : String(message), maxLogMessageBytes);
    if (fields === undefined) this.#services.log(level, text);
    else this.#services.log(level, text, logFields(fields));
  }
}

/** A log line never fails a run: fields that have no JSON form are replaced by the reason. */
function logFields(fields: JsonObject): JsonObject {
  try {
    const json = toJson(fields, maxLogMessageBytes);
    const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
    return isObject ? (json as JsonObject) : { value: json }; // JSON that is no array
  } catch (error) {
    return { unreadableFields: error instanceof Error ? error.message : "unknown" };
  }
}
