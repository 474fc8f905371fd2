// One reader of the feed: catches up from the ledger, then follows what is committed, without gap or duplicate.

import { eventMatcher, type EventFilter } from "../domain/event-filter.ts";
import type { RotaEvent } from "../domain/event.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { FeedFollower, FeedReader } from "./feed-follower.ts";

/** Events read at once while catching up. */
const pageSize = 500;
/** Most events kept for a live reader; one that takes them more slowly reads them from the ledger again. */
const bufferSize = 500;

/** Why a reader has to start again from the present state. */
export type ResetReason = "expired" | "foreign";

/** What a reader of the feed gets. */
export type StreamedEvent =
  | { readonly kind: "event"; readonly event: RotaEvent }
  /** What lies between the reader's place and `position` is not to be had; it goes on after `position`. */
  | { readonly kind: "reset"; readonly position: number; readonly reason: ResetReason };

export interface EventStreamParts {
  readonly ledger: Ledger;
  readonly follower: FeedFollower;
  readonly filter: EventFilter;
  /** The last event the reader has. */
  readonly position: number;
  /** It asked for a place that is none: it is told so first. */
  readonly resetReason?: ResetReason;
  readonly onClose: () => void;
}

/**
 * Memory is bounded, and no reader holds up another: who falls behind is no longer handed events but reads them from
 * the ledger, page by page as it asks for them, until it has caught up. `return` ends it at once, also while `next` waits.
 */
export class EventStream implements AsyncIterableIterator<StreamedEvent> {
  readonly #parts: EventStreamParts;
  readonly #fits: (event: RotaEvent) => boolean;
  readonly #reader: FeedReader;
  #position: number;
  #buffer: RotaEvent[] = [];
  #reset: ResetReason | undefined;
  #isFollowing = false;
  #isClosed = false;
  #wake: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: EventStreamParts) {
    const position = (): number => this.#position;
    this.#parts = parts;
    this.#fits = eventMatcher(parts.filter);
    this.#position = parts.position;
    this.#reset = parts.resetReason;
    this.#reader = {
      get position() {
        return position();
      },
      take: (events) => this.#take(events),
    };
  }

  /** Everything up to here was handed out, or does not fit; undefined before a reset was. */
  get position(): number | undefined {
    if (this.#reset !== undefined) return undefined;
    const [first] = this.#buffer;
    return first === undefined ? this.#position : first.position - 1;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next event; waits for it. Done when the stream was closed. @throws LEDGER_UNAVAILABLE; may be asked again */
  next(): Promise<IteratorResult<StreamedEvent, undefined>> {
    const result = this.#turn.then(() => this.#next());
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Ends it. Idempotent. */
  async return(): Promise<IteratorResult<StreamedEvent, undefined>> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#leave();
      this.#parts.onClose();
      this.#wake?.();
    }
    return { done: true, value: undefined };
  }

  async #next(): Promise<IteratorResult<StreamedEvent, undefined>> {
    while (!this.#isClosed) {
      if (this.#reset !== undefined) {
        const reason = this.#reset;
        this.#reset = undefined;
        return { done: false, value: { kind: "reset", position: this.#position, reason } };
      }
      const event = this.#buffer.shift();
      if (event !== undefined) return { done: false, value: { kind: "event", event } };
      if (this.#isFollowing) await new Promise<void>((resolve) => (this.#wake = resolve));
      else await this.#catchUp();
    }
    return { done: true, value: undefined };
  }

  async #catchUp(): Promise<void> {
    const { ledger, follower } = this.#parts;
    const { events, gone } = await ledger.feed.read(this.#position, pageSize);
    if (this.#isClosed) return;
    const last = events.at(-1);
    if (gone) {
      this.#position = await ledger.feed.head();
      this.#reset = "expired";
    } else if (last !== undefined) {
      this.#position = last.position;
      this.#buffer = events.filter(this.#fits);
    } else {
      this.#isFollowing = follower.follow(this.#reader);
    }
  }

  /** Called while it follows, with what comes after its position or, where it had read ahead, before it. */
  #take(events: readonly RotaEvent[]): void {
    if (events.length === 0) this.#isFollowing = false;
    for (const event of events) {
      if (event.position <= this.#position) continue;
      if (this.#buffer.length >= bufferSize) {
        this.#leave();
        break;
      }
      this.#position = event.position;
      if (this.#fits(event)) this.#buffer.push(event);
    }
    this.#wake?.();
  }

  #leave(): void {
    this.#isFollowing = false;
    this.#parts.follower.leave(this.#reader);
  }
}
