// Reading the feed: pages of events in commit order.

import type { RotaEvent } from "../../../domain/event.ts";
import { firstInt, int, text } from "../row.ts";
import { pageSize, unpackPage } from "../state/journal-page.ts";
import type { Tx } from "../state/tx.ts";

export interface FeedPage {
  readonly events: readonly RotaEvent[];
  readonly gone: boolean;
}

/** Position of the newest event. */
export function feedHead(tx: Tx): number {
  const row = tx.sql.named("feed.last").get();
  // With all pages swept the feed goes on where it was.
  return row === undefined
    ? firstInt(tx.sql.named("store.getMeta").get("feed_floor"))
    : int(row, 0) + pageSize(text(row, 1)) - 1;
}

export function readFeed(tx: Tx, position: number, limit: number): FeedPage {
  const floor = firstInt(tx.sql.named("store.getMeta").get("feed_floor"));
  // A position beyond the head belongs to another ledger, or to this one before it was restored.
  if (position < floor || position > feedHead(tx)) return { events: [], gone: true };
  const start = firstInt(tx.sql.named("feed.pageOf").get(position + 1));
  const events: RotaEvent[] = [];
  for (const row of tx.sql.named("feed.pages").all(start, limit)) {
    for (const event of unpackPage(int(row, 0), text(row, 1))) {
      if (event.position > position) events.push(event);
      if (events.length === limit) return { events, gone: false };
    }
  }
  return { events, gone: false };
}
