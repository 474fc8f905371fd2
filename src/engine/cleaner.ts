// The cleaner: deletes what has been kept long enough.

import type { CancelTimer } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import type { EngineParts } from "./parts.ts";

const everyMs = 60_000;
/** Rows deleted in one transaction: small enough not to hold up claims. */
const batch = 500;
const role = "cleaner";

export interface Cleanup {
  readonly runs: number;
  readonly occurrences: number;
  readonly events: number;
  readonly audit: number;
}

/** Sweeps once a minute, by whoever holds the role; never a run that a live object refers to. */
export class Cleaner implements Service {
  readonly #parts: EngineParts;
  readonly #holder: () => number | undefined;
  #timer: CancelTimer | undefined;
  #running = false;

  constructor(parts: EngineParts, holder: () => number | undefined) {
    this.#parts = parts;
    this.#holder = holder;
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#next();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.();
  }

  #next(): void {
    if (this.#running)
      this.#timer = this.#parts.clock.after(everyMs, () => void this.#sweepInTurn(), { idle: true });
  }

  async #sweepInTurn(): Promise<void> {
    const holder = this.#holder();
    try {
      if (
        holder !== undefined &&
        (await this.#parts.ledger.workers.takeRole(role, holder, this.#parts.clock.now()))
      ) {
        await this.sweep();
      }
    } catch {
      // The ledger is away; there is time until the next sweep.
    }
    this.#next();
  }

  /** Deletes all that may go now, in small transactions; stops early when the service does. */
  async sweep(): Promise<Cleanup> {
    const total = { runs: 0, occurrences: 0, events: 0, audit: 0 };
    const { ledger, clock, settings, telemetry } = this.#parts;
    for (let more = true; more;) {
      const reply = await ledger.maintenance.sweep(settings.retention, batch, clock.now());
      total.runs += reply.runs;
      total.occurrences += reply.occurrences;
      total.events += reply.events;
      total.audit += reply.audit;
      more = reply.more;
    }
    const { runs, occurrences } = total;
    if (runs + occurrences > 0) telemetry.emit({ kind: "cleaner.swept", runs, occurrences });
    return total;
  }
}
