// A bounded memory of tasks on the path of triggering; the ledger refuses what it made stale.

import type { Key } from "../domain/ids.ts";
import type { Task } from "../domain/task.ts";
import type { TaskLedger } from "../ports/task-ledger.ts";

const size = 1000;

/** Only a hint: a run made from a stale entry is refused (STALE_REVISION) and made again from a fresh one. */
export class TaskCache {
  readonly #ledger: TaskLedger;
  readonly #tasks = new Map<Key, Task>();

  constructor(ledger: TaskLedger) {
    this.#ledger = ledger;
  }

  peek(key: Key): Task | undefined {
    return this.#tasks.get(key);
  }

  async load(key: Key): Promise<Task | undefined> {
    const task = await this.#ledger.get(key);
    if (!task) return undefined;
    // The oldest entry goes; entries in use are soon back.
    const [oldest] = this.#tasks.keys();
    if (this.#tasks.size >= size && oldest !== undefined) this.#tasks.delete(oldest);
    this.#tasks.set(key, task);
    return task;
  }

  forget(key: Key): void {
    this.#tasks.delete(key);
  }
}
