// The ledger's verbs on workers, queues and roles, asked over the channel.

import type { Key, KeyGenerator } from "../../domain/ids.ts";
import type { ExecutorInfo } from "../../ports/executor.ts";
import type {
  Beat,
  BeatReply,
  NewWorker,
  QueueConfig,
  QueueRow,
  RecoveredRuns,
  WorkerLedger,
  WorkerRow,
} from "../../ports/worker-ledger.ts";
import type { Asking } from "./channel.ts";

export class WorkerClient implements WorkerLedger {
  readonly #channel: Asking;
  readonly #keys: KeyGenerator;

  constructor(channel: Asking, keys: KeyGenerator) {
    this.#channel = channel;
    this.#keys = keys;
  }

  register(worker: NewWorker, nowMs: number): Promise<Key> {
    return this.#channel.call("registerWorker", [{ key: this.#keys.take(nowMs), worker }, nowMs]);
  }

  beat(beat: Beat, nowMs: number): Promise<BeatReply> {
    return this.#channel.call("beat", [beat, nowMs]);
  }

  leave(workerKey: Key, nowMs: number): Promise<void> {
    return this.#channel.call("leave", [workerKey, nowMs]);
  }

  recover(
    options: { readonly judgedMs: number; readonly exceptWorker?: Key },
    nowMs: number,
  ): Promise<RecoveredRuns> {
    return this.#channel.call("recover", [options, nowMs]);
  }

  workers(nowMs: number): Promise<readonly WorkerRow[]> {
    return this.#channel.call("workers", [nowMs]);
  }

  executors(): Promise<readonly (ExecutorInfo & { readonly liveWorkers: number })[]> {
    return this.#channel.call("executors", []);
  }

  executor(type: string): Promise<ExecutorInfo | undefined> {
    return this.#channel.call("executor", [type]);
  }

  queues(): Promise<readonly QueueRow[]> {
    return this.#channel.call("queues", []);
  }

  queue(name: string): Promise<QueueRow | undefined> {
    return this.#channel.call("queue", [name]);
  }

  configureQueue(name: string, config: QueueConfig, nowMs: number): Promise<QueueRow> {
    return this.#channel.call("configureQueue", [name, config, nowMs]);
  }

  pauseQueue(name: string, by: NonNullable<QueueRow["pausedBy"]>, _nowMs: number): Promise<QueueRow> {
    return this.#channel.call("pauseQueue", [name, by]);
  }

  resumeQueue(name: string, _nowMs: number): Promise<QueueRow> {
    return this.#channel.call("resumeQueue", [name]);
  }

  takeRole(role: string, holder: Key, nowMs: number): Promise<boolean> {
    return this.#channel.call("takeRole", [role, holder, nowMs]);
  }
}
