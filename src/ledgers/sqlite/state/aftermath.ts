// What a verb's changes call for before it ends: runs whose end others wait for, tasks and lanes that got room.

import type { Key } from "../../../domain/ids.ts";
import type { TerminalStatus } from "../../../domain/run-state.ts";

export interface EndedRun {
  readonly key: Key;
  readonly status: TerminalStatus;
}

export class Aftermath {
  #ended: EndedRun[] = [];
  readonly #tasks = new Set<Key>();
  readonly #lanes = new Set<number>();
  #suspect = false;

  /** A run ended that others may depend on. */
  ended(run: EndedRun): void {
    this.#ended.push(run);
  }

  /** A run of a task ended or gave up its slot: its line, its limit or its completion may have moved. */
  task(key: Key): void {
    this.#tasks.add(key);
  }

  /** A run of a keyed lane gave up its slot. */
  lane(id: number): void {
    this.#lanes.add(id);
  }

  /** A suspect gave up its turn. */
  suspect(): void {
    this.#suspect = true;
  }

  get isEmpty(): boolean {
    return this.#ended.length === 0 && this.#tasks.size === 0 && this.#lanes.size === 0 && !this.#suspect;
  }

  takeEnded(): readonly EndedRun[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  takeTasks(): readonly Key[] {
    const tasks = [...this.#tasks];
    this.#tasks.clear();
    return tasks;
  }

  takeLanes(): readonly number[] {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    return lanes;
  }

  takeSuspect(): boolean {
    const hasLeft = this.#suspect;
    this.#suspect = false;
    return hasLeft;
  }

  clear(): void {
    this.#suspect = false;
    this.#ended = [];
    this.#tasks.clear();
    this.#lanes.clear();
  }
}
