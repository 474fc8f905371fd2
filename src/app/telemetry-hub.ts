// Hands the engine's telemetry to whoever subscribed: logs, metrics, traces.

import type { Telemetry, TelemetryEvent } from "../ports/telemetry.ts";

export type TelemetrySubscriber = (event: TelemetryEvent) => void;

export class TelemetryHub implements Telemetry {
  readonly #subscribers = new Map<TelemetryEvent["kind"], Set<TelemetrySubscriber>>();

  /** Calls `subscriber` for events of these kinds. It must be quick and must not throw. */
  subscribe(kinds: readonly TelemetryEvent["kind"][], subscriber: TelemetrySubscriber): void {
    for (const kind of kinds) {
      const subscribers = this.#subscribers.get(kind) ?? new Set();
      subscribers.add(subscriber);
      this.#subscribers.set(kind, subscribers);
    }
  }

  wants(kind: TelemetryEvent["kind"]): boolean {
    return this.#subscribers.has(kind);
  }

  emit(event: TelemetryEvent): void {
    for (const subscriber of this.#subscribers.get(event.kind) ?? []) subscriber(event);
  }
}
