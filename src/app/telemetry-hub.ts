// Hands the engine's telemetry to whoever subscribed: logs, metrics, traces.

import type { Telemetry, TelemetryEvent } from "../ports/telemetry.ts";

/** Called on hot paths, within the call that caused the event: it must be quick and must not throw. */
export type TelemetrySubscriber = (event: TelemetryEvent) => void;

/** Gives what the engine reports about itself to those who subscribed; kinds nobody asked for cost next to nothing. */
export class TelemetryHub implements Telemetry {
  readonly #subscribers = new Map<TelemetryEvent["kind"], Set<TelemetrySubscriber>>();

  /** Calls `subscriber` for events of these kinds from now on; there is no way back. */
  subscribe(kinds: readonly TelemetryEvent["kind"][], subscriber: TelemetrySubscriber): void {
    for (const kind of kinds) {
      const subscribers = this.#subscribers.get(kind) ?? new Set();
      subscribers.add(subscriber);
      this.#subscribers.set(kind, subscribers);
    }
  }

  /** Whether anybody subscribed to this kind. */
  wants(kind: TelemetryEvent["kind"]): boolean {
    return this.#subscribers.has(kind);
  }

  /** Tells all subscribers of the event's kind, in the order in which they came. */
  emit(event: TelemetryEvent): void {
    for (const subscriber of this.#subscribers.get(event.kind) ?? []) subscriber(event);
  }
}
