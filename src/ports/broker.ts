// The doorbell: carries deliveries and live signals, knows nothing that is true (DESIGN 2).

/**
 * A hint that a queue has work. `runKeys` names runs at the head of the queue; empty means "look at the head yourself",
 * which a ledger with `claimsFromHead` makes the cheaper form. Lost, doubled or late, a delivery changes nothing: what
 * a worker runs is what the ledger lets it claim.
 */
export interface Delivery {
  readonly queue: string;
  readonly runKeys: readonly number[];
}

/** A live signal between processes; like a delivery it may be lost, and the worker's beat makes up for it. */
export interface Signal {
  readonly kind: "cancel" | "pause" | "resume" | "wake" | "committed";
  readonly runKeys?: readonly number[];
  readonly queue?: string;
}

/** Undoes a `consume` or `subscribe`; resolves when no further call will be made. */
export type Unsubscribe = () => Promise<void>;

/** At-least-once, may be wiped at any moment. It has no timers: every moment Rota waits for is in the ledger (SEM 4). */
export interface Broker {
  /** Hands a delivery to one consumer of its queue, now or when one comes. */
  deliver(delivery: Delivery): Promise<void>;
  /** Receives deliveries of a queue; each goes to one consumer. A rejected promise is a lost delivery. */
  consume(queue: string, receive: (delivery: Delivery) => Promise<void>): Promise<Unsubscribe>;
  /** Tells every subscriber, this process included. */
  signal(signal: Signal): Promise<void>;
  subscribe(receive: (signal: Signal) => void): Promise<Unsubscribe>;
  close(): Promise<void>;
}
