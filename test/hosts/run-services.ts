// The services of one attempt, in memory: what a run wrote can be read, and what it will write can be awaited.

import { EventEmitter, once } from "node:events";
import type { Json, JsonObject } from "../../src/domain/json.ts";
import type { LogLevel, Resumed, RunServices, StepRecord } from "../../src/ports/executor.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: JsonObject;
}

export interface MemoryServicesOptions {
  readonly runId?: string;
  readonly attempt?: number;
  readonly scheduledForMs?: number;
  readonly resumed?: Resumed;
  /** Steps that earlier attempts finished; shared, so that a later attempt sees what this one keeps. */
  readonly steps?: Map<string, Json>;
}

export class MemoryServices implements RunServices {
  readonly runId: string;
  readonly taskId = "task_00000000000000000000000001";
  readonly type = "test";
  readonly attempt: number;
  readonly scheduledForMs: number;
  declare readonly resumed?: Resumed;
  readonly controller = new AbortController();
  readonly steps: Map<string, Json>;
  readonly lines: LogLine[] = [];
  readonly emitted: Json[] = [];
  readonly progressed: Json[] = [];
  checkpoints = 0;
  /** What a checkpoint awaits. */
  atCheckpoint: () => Promise<void> = () => Promise.resolve();
  /** Called before a step is kept; may throw, as a ledger does for a claim that is not ours any more. */
  beforeSave: (step: StepRecord) => void = () => undefined;
  readonly #written = new EventEmitter();

  constructor({
    runId = "run_1",
    attempt = 1,
    scheduledForMs = 1_700_000_000_000,
    resumed,
    steps,
  }: MemoryServicesOptions = {}) {
    this.runId = runId;
    this.attempt = attempt;
    this.scheduledForMs = scheduledForMs;
    if (resumed !== undefined) this.resumed = resumed;
    this.steps = steps ?? new Map<string, Json>();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get messages(): readonly string[] {
    return this.lines.map((line) => line.message);
  }

  loadSteps(): Promise<readonly StepRecord[]> {
    return Promise.resolve([...this.steps].map(([name, result]) => ({ name, result })));
  }

  async saveStep(step: StepRecord): Promise<void> {
    this.beforeSave(step);
    this.steps.set(step.name, step.result);
    this.#written.emit("written");
  }

  async checkpoint(): Promise<void> {
    this.checkpoints++;
    this.#written.emit("written");
    await this.atCheckpoint();
  }

  progress(value: Json): void {
    this.progressed.push(value);
    this.#written.emit("written");
  }

  log(level: LogLevel, message: string, fields?: JsonObject): void {
    this.lines.push({ level, message, ...(fields === undefined ? {} : { fields }) });
    this.#written.emit("written");
  }

  emit(chunk: Json): void {
    this.emitted.push(chunk);
    this.#written.emit("written");
  }

  /** Resolves when the run writes anything. */
  async nextWrite(): Promise<void> {
    await once(this.#written, "written");
  }

  /** Resolves with the first progress that satisfies `accept`, already written or to come. */
  async progressOf(accept: (value: Json) => boolean = () => true): Promise<Json> {
    for (;;) {
      const found = this.progressed.find(accept);
      if (found !== undefined) return found;
      await this.nextWrite();
    }
  }

  /** Resolves with the first log line that satisfies `accept`, already written or to come. */
  async lineOf(accept: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(accept);
      if (found !== undefined) return found;
      await this.nextWrite();
    }
  }
}
