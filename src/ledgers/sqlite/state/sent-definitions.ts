// Which definitions the other side of the channel already has, so that each crosses once and not with every run.

import type { Key } from "../../../domain/ids.ts";

/** A definition on its way: task, revision, JSON. */
export type SentDefinition = readonly [Key, number, string];

/** The sender remembers this many; the receiver keeps twice as many, so what the sender thinks known is there. */
export const rememberedDefinitions = 2000;

export class SentDefinitions {
  readonly #known = new Set<string>();
  #outgoing: SentDefinition[] = [];

  /** Sees to it that the other side has the definition when it reads the reply. */
  send(key: Key, revision: number, text: () => string): void {
    const name = `${key}:${revision}`;
    if (this.#known.has(name)) return;
    if (this.#known.size >= rememberedDefinitions) {
      const oldest = this.#known.values().next();
      if (oldest.done !== true) this.#known.delete(oldest.value);
    }
    this.#known.add(name);
    this.#outgoing.push([key, revision, text()]);
  }

  /** After a rollback what was sent may not be what is stored under that revision next time. */
  clear(): void {
    this.#known.clear();
    this.#outgoing = [];
  }

  take(): readonly SentDefinition[] {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    return outgoing;
  }
}
