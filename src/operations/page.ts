// Pages: the cursor as callers see it, and the envelope of every list.

import { validationFailed } from "../domain/errors.ts";
import type { Page, PageRequest } from "../ports/page.ts";

export interface ListAnswer<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** @throws VALIDATION_FAILED when the cursor is none of ours */
export function pageRequest(input: {
  readonly limit: number;
  readonly cursor?: string | undefined;
}): PageRequest {
  const { limit, cursor } = input;
  return cursor === undefined ? { limit } : { limit, after: readCursor(cursor) };
}

export async function pageAnswer<Item, Shown>(
  page: Page<Item>,
  show: (item: Item) => Shown | Promise<Shown>,
): Promise<ListAnswer<Shown>> {
  return { items: await Promise.all(page.items.map(show)), nextCursor: cursorOf(page.next) };
}

/** A list that is never longer than one page. */
export function whole<Item>(items: readonly Item[]): ListAnswer<Item> {
  return { items, nextCursor: null };
}

export function cursorOf(position: number | undefined): string | null {
  return position === undefined ? null : `c${position.toString(36)}`;
}

function readCursor(cursor: string): number {
  const position = /^c-?[0-9a-z]{1,12}$/.test(cursor) ? Number.parseInt(cursor.slice(1), 36) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  const message = "not a cursor; give back the nextCursor of the page before, or leave it out";
  throw validationFailed([{ path: "cursor", code: "INVALID_VALUE", message }]);
}
