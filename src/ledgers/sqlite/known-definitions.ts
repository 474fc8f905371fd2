// Definitions this side of the channel has already been sent, parsed once.

import type { Key } from "../../domain/ids.ts";
import type { TaskDefinition } from "../../domain/task.ts";
import { rememberedDefinitions, type SentDefinition } from "./state/sent-definitions.ts";

/** Forgets in the order of arrival, later than the sender does: what the sender thinks known is known. */
export class KnownDefinitions {
  readonly #known = new Map<string, TaskDefinition>();

  learn(sent: readonly SentDefinition[]): void {
    for (const [key, revision, text] of sent) {
      const name = `${key}:${revision}`;
      this.#known.delete(name);
      this.#known.set(name, JSON.parse(text) as TaskDefinition); // stored from a `TaskDefinition` only
    }
    const surplus = this.#known.size - 2 * rememberedDefinitions;
    if (surplus <= 0) return;
    let left = surplus;
    for (const name of this.#known.keys()) {
      if (left-- <= 0) break;
      this.#known.delete(name);
    }
  }

  get(key: Key, revision: number): TaskDefinition {
    const definition = this.#known.get(`${key}:${revision}`);
    if (definition === undefined) throw new Error(`the definition of task ${key} (${revision}) was not sent`);
    return definition;
  }
}
