// Follows the end of the feed for all live readers together: one read of the ledger a commit, however many they are.

import type { RotaEvent } from "../domain/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ledger } from "../ports/ledger.ts";

const pageSize = 1000;
/** After a read that failed. */
const againMs = 1000;

/** Who wants each new event, in order; called for all of a page at once. */
export interface FeedReader {
  /** Everything up to here it has. */
  readonly position: number;
  readonly take: (events: readonly RotaEvent[]) => void;
}

/**
 * Reads what was committed after it was woken, and hands it to those who follow. It reads the ledger rather than
 * listen to commits: so there is no moment between catching up and listening in which an event could slip through.
 */
export class FeedFollower {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #readers = new Set<FeedReader>();
  #position = 0;
  #isReading = false;
  #readAgain = false;
  #unlisten: (() => void) | undefined;

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** False when others have been told more than this reader has: it must catch up first. */
  follow(reader: FeedReader): boolean {
    if (this.#readers.size === 0) {
      this.#position = reader.position;
      this.#unlisten = this.#ledger.onCommit(() => void this.#read());
    } else if (this.#position > reader.position) {
      return false;
    }
    this.#readers.add(reader);
    // Something may have been committed since the reader looked last.
    void this.#read();
    return true;
  }

  leave(reader: FeedReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  async #read(): Promise<void> {
    this.#readAgain = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#readAgain && this.#readers.size > 0) {
        this.#readAgain = false;
        const from = this.#position;
        const { events, gone } = await this.#ledger.feed.read(from, pageSize);
        // All have left and others have come, who begin elsewhere.
        if (this.#position !== from) this.#readAgain = true;
        else if (gone) this.#sendAllBack();
        else this.#tell(events);
      }
    } catch {
      // The ledger is away; what was missed is still there when it is back.
      this.#clock.after(againMs, () => void this.#read());
    }
    this.#isReading = false;
  }

  #tell(events: readonly RotaEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#position = last.position;
    this.#readAgain = true;
    for (const reader of this.#readers) reader.take(events);
  }

  /** They find out by themselves, when they catch up, that the feed no longer has their place. */
  #sendAllBack(): void {
    for (const reader of this.#readers) {
      this.leave(reader);
      reader.take([]);
    }
  }
}
