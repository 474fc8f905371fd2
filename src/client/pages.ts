// Lists that can be awaited for one page, or walked through item by item over all of them.

/** A page as every list answers. */
export interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/**
 * The first page as a promise that is also an iterable of all items. Further pages are asked for when the items of the
 * one before are used up.
 */
export function walkable<Answer>(
  first: Promise<Answer>,
  next: (cursor: string) => Promise<Answer>,
): Promise<Answer> & AsyncIterable<unknown> {
  async function* items(): AsyncGenerator<unknown> {
    let page: Answer = await first;
    while (isPage(page)) {
      yield* page.items;
      if (page.nextCursor === null) return;
      page = await next(page.nextCursor);
    }
  }
  return Object.assign(first, { [Symbol.asyncIterator]: items });
}

function isPage(value: unknown): value is Page {
  return (
    typeof value === "object" &&
    value !== null &&
    "items" in value &&
    Array.isArray(value.items) &&
    "nextCursor" in value
  );
}
