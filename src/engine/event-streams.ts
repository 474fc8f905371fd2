// Streams of the feed's events, for readers anywhere: opened at a place, resumed at it, bounded in number.

import type { EventFilter } from "../domain/event-filter.ts";
import type { FeedPosition } from "../domain/feed-position.ts";
import { EventStream, type EventStreamParts } from "./event-stream.ts";
import { FeedFollower } from "./feed-follower.ts";
import type { EngineParts } from "./parts.ts";
import type { StreamSlots } from "./stream-slots.ts";

export interface OpenEventStream {
  readonly filter: EventFilter;
  /** Goes on after this; null is a place that is none. Absent: begins with what is committed from now on. */
  readonly after?: FeedPosition | null;
}

export class EventStreams {
  readonly #parts: EngineParts;
  readonly #slots: StreamSlots;
  readonly #follower: FeedFollower;
  readonly #open = new Set<EventStream>();

  constructor(parts: EngineParts, slots: StreamSlots) {
    this.#parts = parts;
    this.#slots = slots;
    this.#follower = new FeedFollower(parts.ledger, parts.clock);
  }

  /**
   * Opens a stream. Whatever is committed after this has resolved is told.
   *
   * A place the feed no longer has (it keeps 7 days), or one of another ledger, is answered with a reset first: never
   * with silence.
   *
   * @throws OVERLOADED when as many streams are open as there may be
   */
  async open({ filter, after }: OpenEventStream): Promise<EventStream> {
    const giveBack = this.#slots.take();
    try {
      const { ledger } = this.#parts;
      const head = await ledger.feed.head();
      const stream: EventStream = new EventStream({
        ledger,
        follower: this.#follower,
        filter,
        ...startOf(after, { feedId: ledger.identity.ledgerId, position: head }),
        onClose: () => {
          this.#open.delete(stream);
          giveBack();
        },
      });
      this.#open.add(stream);
      return stream;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#open) void stream.return();
  }
}

/** A place beyond the head is of another ledger too, or of this one before it was restored. */
function startOf(
  after: FeedPosition | null | undefined,
  head: FeedPosition,
): Pick<EventStreamParts, "position" | "resetReason"> {
  if (after === undefined) return { position: head.position };
  const isHere = after !== null && after.feedId === head.feedId && after.position <= head.position;
  return isHere ? { position: after.position } : { position: head.position, resetReason: "foreign" };
}
