// Follows the effects ledger while other processes write it, and waits for what it should say.

import { closeSync, fstatSync, openSync, readSync, watch, writeFileSync, type FSWatcher } from "node:fs";
import { parseDeeds, type Deed } from "./deeds.ts";

export class DeedTail implements Disposable {
  readonly deeds: Deed[] = [];
  readonly #fd: number;
  readonly #watcher: FSWatcher;
  readonly #watching = new Set<() => void>();
  #offset = 0;
  #rest = "";

  constructor(path: string) {
    writeFileSync(path, "", { flag: "a" });
    this.#fd = openSync(path, "r");
    this.#watcher = watch(path, () => this.read());
    this.read();
  }

  /** Takes in what was written since. */
  read(): readonly Deed[] {
    const size = fstatSync(this.#fd).size;
    if (size > this.#offset) {
      const bytes = Buffer.alloc(size - this.#offset);
      this.#offset += readSync(this.#fd, bytes, 0, bytes.length, this.#offset);
      const text = this.#rest + bytes.toString("utf8");
      this.#rest = text.slice(text.lastIndexOf("\n") + 1);
      this.deeds.push(...parseDeeds(text));
      for (const look of this.#watching) look();
    }
    return this.deeds;
  }

  /** Resolves as soon as `holds`, which is asked after each new deed; `over` ends the waiting when it can only fail. */
  async until(
    what: string,
    holds: (deeds: readonly Deed[]) => boolean,
    over: Promise<string>,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (holds(this.deeds)) resolve();
    };
    const timeout = setTimeout(() => reject(new Error(`${what}: not within 60 s`)), 60_000);
    void over.then((why) => reject(new Error(`${what}: ${why}`)));
    this.#watching.add(look);
    this.read();
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timeout);
      this.#watching.delete(look);
    }
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
    closeSync(this.#fd);
  }
}
