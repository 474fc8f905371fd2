// Streams of single runs: opened at a place, resumed at it, woken only by commits for their run.

import type { Key } from "../domain/ids.ts";
import type { EventBus } from "./event-bus.ts";
import type { EngineParts } from "./parts.ts";
import { RunStream, type RunPlace, type RunStreamKind } from "./run-stream.ts";
import type { StreamSlots } from "./stream-slots.ts";

export interface OpenRunStream {
  /** Everything after this. */
  readonly place: RunPlace;
  readonly only: ReadonlySet<RunStreamKind>;
}

export class RunStreams {
  readonly #parts: EngineParts;
  readonly #events: EventBus;
  readonly #slots: StreamSlots;
  readonly #open = new Set<RunStream>();
  readonly #watched = new Map<Key, Set<() => void>>();
  #unlisten: (() => void) | undefined;

  constructor(parts: EngineParts, events: EventBus, slots: StreamSlots) {
    this.#parts = parts;
    this.#events = events;
    this.#slots = slots;
  }

  /** @throws OVERLOADED when as many streams are open as there may be */
  open(runKey: Key, { place, only }: OpenRunStream): RunStream {
    const giveBack = this.#slots.take();
    const stream: RunStream = new RunStream({
      ledger: this.#parts.ledger,
      runKey,
      place,
      only,
      watch: (key, act) => this.#watch(key, act),
      onClose: () => {
        this.#open.delete(stream);
        giveBack();
      },
    });
    this.#open.add(stream);
    return stream;
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#open) void stream.return();
  }

  #watch(runKey: Key, act: () => void): () => void {
    const watching = this.#watched.get(runKey) ?? new Set();
    watching.add(act);
    this.#watched.set(runKey, watching);
    this.#unlisten ??= this.#listen();
    return () => {
      watching.delete(act);
      if (watching.size === 0) this.#watched.delete(runKey);
      if (this.#watched.size > 0) return;
      this.#unlisten?.();
      this.#unlisten = undefined;
    };
  }

  #listen(): () => void {
    const offEvents = this.#events.on("*", ({ runKey }) => {
      if (runKey !== undefined) this.#wake(runKey);
    });
    const offCommits = this.#parts.ledger.onCommit(({ reported }) => {
      for (const runKey of reported) this.#wake(runKey);
    });
    return () => {
      offEvents();
      offCommits();
    };
  }

  #wake(runKey: Key): void {
    for (const act of this.#watched.get(runKey) ?? []) act();
  }
}
