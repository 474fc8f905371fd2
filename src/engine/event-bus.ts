// The event bus: tells listeners in this process what was committed, and wakes those who wait for a run to end.

import { textOfThrown } from "../domain/errors.ts";
import type { EventType, RotaEvent } from "../domain/event.ts";
import type { Key } from "../domain/ids.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Ledger } from "../ports/ledger.ts";

export type EventListener = (event: RotaEvent) => void | Promise<void>;

const ends: ReadonlySet<EventType> = new Set([
  "run.completed",
  "run.failed",
  "run.cancelled",
  "run.timed-out",
  "run.skipped",
]);

/**
 * Calls listeners after the commit of what they hear about, in commit order. A listener that throws is reported and
 * harms nobody. Events are only asked of the ledger while somebody listens.
 */
export class EventBus {
  readonly #ledger: Ledger;
  readonly #telemetry: Telemetry;
  readonly #listeners = new Map<EventType | "*", Set<EventListener>>();
  readonly #awaited = new Map<Key, Set<() => void>>();
  #unlisten: (() => void) | undefined;

  constructor(ledger: Ledger, telemetry: Telemetry) {
    this.#ledger = ledger;
    this.#telemetry = telemetry;
  }

  on(type: EventType | "*", listener: EventListener): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(type, listeners);
    this.#tune();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(type);
      this.#tune();
    };
  }

  /** Calls `act` once when this run's end is committed. */
  onceEnded(runKey: Key, act: () => void): () => void {
    const waiting = this.#awaited.get(runKey) ?? new Set();
    waiting.add(act);
    this.#awaited.set(runKey, waiting);
    this.#tune();
    return () => {
      waiting.delete(act);
      if (waiting.size === 0) this.#awaited.delete(runKey);
      this.#tune();
    };
  }

  /** Tells nobody any more; those who wait for an end are let go, to read how it stands. */
  close(): void {
    this.#listeners.clear();
    for (const waiting of this.#awaited.values()) for (const act of waiting) act();
    this.#awaited.clear();
    this.#tune();
  }

  #tune(): void {
    const wanted = this.#listeners.size > 0 || this.#awaited.size > 0;
    if (wanted && !this.#unlisten) {
      this.#unlisten = this.#ledger.onCommit((note) => note.events.forEach((event) => this.#tell(event)), {
        events: true,
      });
    } else if (!wanted && this.#unlisten) {
      this.#unlisten();
      this.#unlisten = undefined;
    }
  }

  #tell(event: RotaEvent): void {
    // Who waits for an end comes first: no listener can keep it from them. A copy, since who is told stops listening.
    if (event.runKey !== undefined && ends.has(event.type)) {
      for (const act of new Set(this.#awaited.get(event.runKey))) act();
    }
    for (const type of [event.type, "*"] as const) {
      for (const listener of this.#listeners.get(type) ?? []) this.#call(listener, event);
    }
  }

  #call(listener: EventListener, event: RotaEvent): void {
    const report = (error: unknown): void => {
      this.#telemetry.emit({
        kind: "service.failed",
        service: `listener of ${event.type}`,
        error: textOfThrown(error),
      });
    };
    try {
      const result = listener(event);
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }
}
