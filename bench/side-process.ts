// A measured process as the benchmark holds it: started fresh, told what to do, ended.

import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Message } from "./sides/main.ts";
import type { QueueCommands } from "./sides/queue-commands.ts";
import type { ScheduleCommands } from "./sides/schedule-commands.ts";
import type { Place, SideSettings } from "./sides/side.ts";

export interface SideSpec {
  /** A module of `sides`. */
  readonly side: string;
  readonly settings?: SideSettings;
}

type Method<Commands, Name extends keyof Commands> = Commands[Name] extends (
  ...input: infer Input
) => Promise<infer Answer>
  ? { readonly input: Input; readonly answer: Answer }
  : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class SideProcess<Commands> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #name: string;
  #next = 0;
  #ready: Waiting | undefined;
  /** Told of each `started` message. */
  onStarted: (latencyMs: number) => void = () => undefined;

  private constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
    child.on("message", (message: Message) => this.#hear(message));
    child.once("exit", (code) => this.#gone(code));
  }

  static queue(
    spec: SideSpec,
    place: Place,
    flags: readonly string[] = [],
  ): Promise<SideProcess<QueueCommands>> {
    return SideProcess.#start<QueueCommands>(spec, ["queue", place], flags);
  }

  static scheduler(
    spec: SideSpec,
    place: Place,
    flags: readonly string[] = [],
  ): Promise<SideProcess<ScheduleCommands>> {
    return SideProcess.#start<ScheduleCommands>(spec, ["scheduler", place], flags);
  }

  static async #start<Commands>(
    { side, settings = {} }: SideSpec,
    [role, place]: readonly [string, Place],
    flags: readonly string[],
  ): Promise<SideProcess<Commands>> {
    const main = join(import.meta.dirname, "sides", "main.ts");
    const child = fork(main, [side, role, JSON.stringify({ place, settings })], {
      execArgv: [...flags],
      serialization: "advanced",
    });
    const started = new SideProcess<Commands>(child, side);
    await new Promise((resolve, reject) => (started.#ready = { resolve, reject }));
    return started;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  call<Name extends keyof Commands & string>(
    command: Name,
    ...input: Method<Commands, Name>["input"]
  ): Promise<Method<Commands, Name>["answer"]> {
    return this.#ask(command, input[0]);
  }

  #ask<Answer>(command: string, input?: unknown): Promise<Answer> {
    const id = this.#next++;
    return new Promise<Answer>((resolve, reject) => {
      // The process calls the very method from which `call` takes the type.
      this.#waiting.set(id, { resolve: (value) => resolve(value as Answer), reject });
      this.#child.send({ id, command, input });
    });
  }

  /** Lets it close its store, and kills it when it takes longer than `graceMs`. */
  async end(graceMs = 5000): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = new Promise((resolve) => this.#child.once("exit", resolve));
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), graceMs);
    await this.#ask("close").catch(() => undefined);
    if (this.#child.connected) this.#child.disconnect();
    await exit;
    clearTimeout(kill);
  }

  #hear(message: Message): void {
    switch (message.kind) {
      case "ready":
        return this.#ready?.resolve(undefined);
      case "started":
        return this.onStarted(message.latencyMs);
      case "answer":
        this.#take(message.id)?.resolve(message.value);
        return;
      case "error":
        this.#take(message.id)?.reject(new Error(`${this.#name}: ${message.message}`));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #gone(code: number | null): void {
    const error = new Error(
      `the process of ${this.#name} ended with ${String(code ?? this.#child.signalCode)}`,
    );
    this.#ready?.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
