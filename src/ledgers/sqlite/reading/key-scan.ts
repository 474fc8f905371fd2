// Goes along an index in order of key, block by block, and keeps what passes: the frame of every list by key.

import type { Key } from "../../../domain/ids.ts";
import type { ListOrder } from "../../../domain/filter/order.ts";
import type { Page } from "../../../ports/page.ts";
import { int, type Row, type SqlValue } from "../row.ts";
import type { Tx } from "../state/tx.ts";

/**
 * Rows looked at for one page; a page cut here says where to go on, so that no filter holds up those who write for
 * longer than some ten milliseconds, and none makes a list endless.
 */
const mostLookedAt = 20_000;
/** Rows looked at together where not all of them pass: a page's worth at first, then more. */
const [firstBlock, largestBlock] = [200, 4000];

/** An index to go along: gives keys from `low` and below `high` in the order of the scan, at most so many. */
export interface Drive {
  readonly sql: string;
  /** Values that stand before low, high and limit. */
  readonly values: readonly SqlValue[];
}

export interface KeyScan<Item extends { readonly key: Key }> {
  readonly drive: Drive;
  readonly order: ListOrder;
  /** The keys that may match: the first, and the first that is too high. */
  readonly low: Key;
  readonly high: Key;
  readonly limit: number;
  readonly after: Key | undefined;
  /** Every key of the drive passes. */
  readonly passesAll: boolean;
  /** Of these keys those that pass, in their order, at most `limit`. */
  readonly judge: (keys: readonly Key[], limit: number) => readonly Item[];
}

/** The clause which a drive ends with. */
export function rangeOf(order: ListOrder, key = "key"): string {
  return `${key} >= ? and ${key} < ? order by ${key} ${order === "newest" ? "desc" : "asc"} limit ?`;
}

export function scanKeys<Item extends { readonly key: Key }>(tx: Tx, scan: KeyScan<Item>): Page<Item> {
  const items: Item[] = [];
  const { order, limit, drive } = scan;
  let { low, high } = scan;
  const advance = (key: Key) => {
    if (order === "newest") high = Math.min(high, key);
    else low = Math.max(low, key + 1);
  };
  if (scan.after !== undefined) advance(scan.after);
  let block = scan.passesAll ? limit + 1 : Math.max(firstBlock, limit + 1);
  for (let lookedAt = 0; ; lookedAt += block, block = Math.min(block * 4, largestBlock)) {
    const rows = low < high ? tx.sql.built(drive.sql).all(...drive.values, low, high, block) : [];
    const keys = rows.map(keyOf);
    // One more than wanted shows that there is a next page, which begins behind the last item of this one.
    items.push(...(keys.length === 0 ? [] : scan.judge(keys, limit + 1 - items.length)));
    const last = items[limit - 1];
    if (items.length > limit && last !== undefined) return { items: items.slice(0, limit), next: last.key };
    const lastKey = keys.at(-1);
    if (keys.length < block || lastKey === undefined) return { items };
    // A full page is answered at once: to learn whether anything follows could cost as much as the page did.
    if (last !== undefined) return { items, next: last.key };
    advance(lastKey);
    if (lookedAt + block >= mostLookedAt) return { items, next: lastKey };
  }
}

function keyOf(row: Row): Key {
  return int(row, 0);
}
