// Deliveries and signals within one process.

import type { Broker, Delivery, Signal, Unsubscribe } from "../../ports/broker.ts";
import { mergeDeliveries } from "./merge-deliveries.ts";

interface Consumer {
  readonly receive: (delivery: Delivery) => Promise<void>;
  isBusy: boolean;
}

interface Line {
  readonly consumers: Consumer[];
  /** What no idle consumer could take yet, merged into one: it never grows with the number of deliveries. */
  backlog: Delivery | undefined;
}

/** Queues without a consumer whose backlog is kept; beyond, the one that waited longest is forgotten. */
const mostLines = 10_000;

/**
 * Gives each delivery to one idle consumer of its queue, in turn; while all are busy, or there is none, deliveries
 * merge into one that waits. Deliveries are hints (see {@link Delivery}), so nothing is lost by merging but repetition.
 */
export class MemoryBroker implements Broker {
  readonly #lines = new Map<string, Line>();
  readonly #subscribers = new Set<{ readonly receive: (signal: Signal) => void }>();
  #isClosed = false;

  async deliver(delivery: Delivery): Promise<void> {
    if (this.#isClosed) return;
    const line = this.#line(delivery.queue);
    line.backlog = line.backlog === undefined ? delivery : mergeDeliveries(line.backlog, delivery);
    this.#hand(line);
  }

  async consume(queue: string, receive: (delivery: Delivery) => Promise<void>): Promise<Unsubscribe> {
    const line = this.#line(queue);
    const consumer: Consumer = { receive, isBusy: false };
    line.consumers.push(consumer);
    this.#hand(line);
    return async () => {
      const at = line.consumers.indexOf(consumer);
      if (at >= 0) line.consumers.splice(at, 1);
    };
  }

  async signal(signal: Signal): Promise<void> {
    if (this.#isClosed) return;
    // Who subscribes while this signal is told hears the next one.
    const present = [...this.#subscribers];
    for (const { receive } of present) receive(signal);
  }

  async subscribe(receive: (signal: Signal) => void): Promise<Unsubscribe> {
    const subscriber = { receive };
    this.#subscribers.add(subscriber);
    return async () => {
      this.#subscribers.delete(subscriber);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#lines.clear();
    this.#subscribers.clear();
  }

  #line(queue: string): Line {
    const known = this.#lines.get(queue);
    if (known !== undefined) return known;
    if (this.#lines.size >= mostLines) this.#forgetOne();
    const line: Line = { consumers: [], backlog: undefined };
    this.#lines.set(queue, line);
    return line;
  }

  #forgetOne(): void {
    for (const [queue, { consumers }] of this.#lines) {
      if (consumers.length > 0) continue;
      this.#lines.delete(queue);
      return;
    }
  }

  /** Hands the backlog to the idle consumer that was served longest ago: it stands first. */
  #hand(line: Line): void {
    const { backlog } = line;
    const at = line.consumers.findIndex((consumer) => !consumer.isBusy);
    const consumer = line.consumers[at];
    if (backlog === undefined || consumer === undefined || this.#isClosed) return;
    line.backlog = undefined;
    line.consumers.splice(at, 1);
    line.consumers.push(consumer);
    consumer.isBusy = true;
    const release = (): void => {
      consumer.isBusy = false;
      this.#hand(line);
    };
    // A rejected promise is a lost delivery; the dispatcher reads the head again.
    new Promise<void>((resolve) => resolve(consumer.receive(backlog))).then(release, release);
  }
}
