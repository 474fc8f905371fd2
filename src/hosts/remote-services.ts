// The services of a run as a thread or process has them: each call goes over the channel to the host.

import type { Json, JsonObject } from "../domain/json.ts";
import type { LogLevel, Resumed, RunServices, StepRecord } from "../ports/executor.ts";
import { revive, type FromGuest, type GuestVerb, type RunFacts, type ToGuest } from "./channel.ts";

interface Waiting {
  readonly resolve: (value: Json) => void;
  readonly reject: (error: Error) => void;
}

export class RemoteServices implements RunServices {
  readonly runId: string;
  readonly taskId: string;
  readonly type: string;
  readonly attempt: number;
  declare readonly scheduledForMs?: number;
  declare readonly resumed?: Resumed;
  readonly #seq: number;
  readonly #post: (message: FromGuest) => void;
  readonly #controller = new AbortController();
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(seq: number, facts: RunFacts, post: (message: FromGuest) => void) {
    this.runId = facts.runId;
    this.taskId = facts.taskId;
    this.type = facts.type;
    this.attempt = facts.attempt;
    if (facts.scheduledForMs !== undefined) this.scheduledForMs = facts.scheduledForMs;
    if (facts.resumed !== undefined) this.resumed = facts.resumed;
    this.#seq = seq;
    this.#post = post;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes what the host says about this run. */
  receive(message: Exclude<ToGuest, { kind: "run" }>): void {
    if (message.kind === "abort") {
      this.#controller.abort(revive(message.reason));
      return;
    }
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if (message.kind === "reply") waiting?.resolve(message.value);
    else waiting?.reject(revive(message.error));
  }

  async loadSteps(): Promise<readonly StepRecord[]> {
    return (await this.#call("loadSteps", null)) as unknown as readonly StepRecord[]; // written by the host's half
  }

  async saveStep({ name, result }: StepRecord): Promise<void> {
    await this.#call("saveStep", { name, result });
  }

  async checkpoint(): Promise<void> {
    await this.#call("checkpoint", null);
  }

  progress(value: Json): void {
    this.#post({ kind: "progress", seq: this.#seq, value });
  }

  emit(value: Json): void {
    this.#post({ kind: "emit", seq: this.#seq, value });
  }

  log(level: LogLevel, message: string, fields?: JsonObject): void {
    this.#post({ kind: "log", seq: this.#seq, level, message, ...(fields === undefined ? {} : { fields }) });
  }

  #call(verb: GuestVerb, argument: Json): Promise<Json> {
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#post({ kind: "call", seq: this.#seq, call, verb, argument });
    });
  }
}
