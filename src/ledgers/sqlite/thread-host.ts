// A store in a thread of its own: a slow fsync or checkpoint never stops the host's event loop.

import { Worker } from "node:worker_threads";
import { toError, unavailable, type Failure } from "./failure.ts";
import type { Batch, BatchReply, StoreHost, StoreOptions } from "./protocol.ts";
import { newPostCount, posted } from "./gap.ts";
import type { FromThread, ThreadStart, ToThread } from "./thread-messages.ts";
import { WalGuard } from "./wal-guard.ts";

/** Source runs as TypeScript, the package as JavaScript: the thread's file ends like this one. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "./store-thread.ts" : "./store-thread.js",
  import.meta.url,
);

/**
 * Of the options this process was started with, those the thread gets too. What a program is given to run or to load
 * first is not the thread's: it would run it as well, and refuses `--input-type`.
 */
const ownExecArgv = process.execArgv.filter((part) =>
  /^--(?:cpu-prof|heap-prof|enable-source-maps)/u.test(part),
);

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

const noneWaiting = (): Waiting<void>[] => [];

export async function openOnThread(options: StoreOptions): Promise<StoreHost> {
  const thread = new StoreThread(options);
  await thread.started;
  if (options.file !== ":memory:") thread.guard(options.file);
  return thread;
}

class StoreThread implements StoreHost {
  readonly #worker: Worker;
  readonly #posts = newPostCount();
  readonly #batches: Waiting<BatchReply>[] = [];
  readonly #others = {
    backup: noneWaiting(),
    url: noneWaiting(),
    close: noneWaiting(),
  };
  readonly started: Promise<void>;
  #opened: StoreHost["opened"] | undefined;
  #lost: Error | undefined;
  #guard: WalGuard | undefined;

  constructor(options: StoreOptions) {
    const start: ThreadStart = { options, posts: this.#posts };
    this.#worker = new Worker(threadFile, {
      workerData: start,
      name: "rota-ledger",
      execArgv: ownExecArgv,
    });
    this.started = new Promise((resolve, reject) => {
      this.#worker.once("message", (message: FromThread) => {
        if (message.kind === "opened") {
          this.#opened = message.opened;
          this.#worker.on("message", (next: FromThread) => this.#hear(next));
          // The thread alone keeps no program alive; a verb that waits for it does.
          this.#worker.unref();
          resolve();
        } else {
          const failure: Failure | undefined = message.kind === "refused" ? message.failure : undefined;
          reject(
            failure === undefined ? unavailable("the store's thread spoke out of turn") : toError(failure),
          );
        }
      });
      this.#worker.once("error", (error: Error) => this.#lose(error, reject));
      this.#worker.once("exit", () => this.#lose(new Error("the store's thread ended"), reject));
    });
  }

  get opened(): StoreHost["opened"] {
    if (this.#opened === undefined) throw unavailable("the store is not open");
    return this.#opened;
  }

  guard(file: string): void {
    this.#guard = new WalGuard(file);
  }

  apply(batch: Batch): Promise<BatchReply> {
    return this.#ask(this.#batches, { kind: "batch", batch });
  }

  backup(path: string): Promise<void> {
    return this.#ask(this.#others.backup, { kind: "backup", path });
  }

  setUrl(url: string): Promise<void> {
    return this.#ask(this.#others.url, { kind: "url", url });
  }

  async close(): Promise<void> {
    if (this.#lost !== undefined) {
      this.#guard?.release();
      this.#guard = undefined;
      return;
    }
    const ended = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
    this.#guard?.release();
    this.#guard = undefined;
    await this.#ask(this.#others.close, { kind: "close" });
    // It ends by itself once its port is closed; to terminate it meanwhile would race with what it takes down.
    this.#worker.ref();
    await ended;
  }

  #ask<T>(queue: Waiting<T>[], message: ToThread): Promise<T> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    return new Promise<T>((resolve, reject) => {
      if (this.#isIdle()) this.#worker.ref();
      queue.push({ resolve, reject });
      this.#worker.postMessage(message);
      posted(this.#posts);
    });
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case "batch":
        this.#batches.shift()?.resolve(message.reply);
        break;
      case "done": {
        const waiting = this.#others[message.of].shift();
        if (message.failure === undefined) waiting?.resolve();
        else waiting?.reject(toError(message.failure));
        break;
      }
      case "opened":
      case "refused":
        break;
      default:
        message satisfies never;
    }
    if (this.#isIdle()) this.#worker.unref();
  }

  #isIdle(): boolean {
    return (
      this.#batches.length === 0 &&
      this.#others.backup.length + this.#others.url.length + this.#others.close.length === 0
    );
  }

  #lose(cause: Error, refuseStart: (error: Error) => void): void {
    this.#lost ??= unavailable(`the ledger's store is gone: ${cause.message}`);
    refuseStart(this.#lost);
    for (const waiting of this.#batches.splice(0)) waiting.reject(this.#lost);
    for (const queue of [this.#others.backup, this.#others.url])
      for (const waiting of queue.splice(0)) waiting.reject(this.#lost);
    for (const waiting of this.#others.close.splice(0)) waiting.resolve();
  }
}
