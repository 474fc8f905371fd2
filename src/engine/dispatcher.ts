// The dispatcher: rings the broker for queues that have work.

import type { Clock, CancelTimer } from "../ports/clock.ts";
import type { Broker } from "../ports/broker.ts";
import type { CommitNote, Ledger } from "../ports/ledger.ts";
import type { Service } from "../ports/service.ts";

/** Deliveries are hints and may be lost; each queue with work is announced again this often. */
const sweepMs = 1000;

/** Delivers the head of each queue: at once when a commit made a run claimable, and once a second what was missed. */
export class Dispatcher implements Service {
  readonly #ledger: Ledger;
  readonly #broker: Broker;
  readonly #clock: Clock;
  #running = false;
  #unlisten: (() => void) | undefined;
  #timer: CancelTimer | undefined;

  constructor(parts: { readonly ledger: Ledger; readonly broker: Broker; readonly clock: Clock }) {
    this.#ledger = parts.ledger;
    this.#broker = parts.broker;
    this.#clock = parts.clock;
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#unlisten = this.#ledger.onCommit((note) => this.#announce(note));
    await this.#sweep();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#unlisten?.();
    this.#timer?.();
  }

  #announce(note: CommitNote): void {
    for (const queue of note.runnableQueues)
      void this.#broker.deliver({ queue, runKeys: [] }).catch(() => undefined);
    if (note.cancelRequested.length > 0) this.#signal("cancel", note.cancelRequested);
    if (note.pauseRequested.length > 0) this.#signal("pause", note.pauseRequested);
    if (note.resumeRequested.length > 0) this.#signal("resume", note.resumeRequested);
  }

  #signal(kind: "cancel" | "pause" | "resume", runKeys: readonly number[]): void {
    void this.#broker.signal({ kind, runKeys }).catch(() => undefined);
  }

  async #sweep(): Promise<void> {
    try {
      for (const queue of await this.#ledger.workers.queues()) {
        if (queue.ready > 0 && queue.pausedBy === undefined)
          await this.#broker.deliver({ queue: queue.name, runKeys: [] });
      }
    } catch {
      // The ledger or the broker is away; the next sweep finds what this one missed.
    }
    if (this.#running) this.#timer = this.#clock.after(sweepMs, () => void this.#sweep(), { idle: true });
  }
}
