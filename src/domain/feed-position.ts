// A place in the feed as text: the ledger it belongs to, and the position. What `id:` and `Last-Event-ID` carry.

/** A place in the feed of a certain ledger. */
export interface FeedPosition {
  readonly feedId: string;
  readonly position: number;
}

/** `ledger_01k….123` */
export function formatFeedPosition({ feedId, position }: FeedPosition): string {
  return `${feedId}.${position}`;
}

/** Undefined when the text is no place in any feed. */
export function parseFeedPosition(text: string): FeedPosition | undefined {
  const [, feedId, digits] = /^([a-z0-9_]{1,60})\.(\d{1,16})$/.exec(text) ?? [];
  const position = Number(digits);
  return feedId !== undefined && Number.isSafeInteger(position) ? { feedId, position } : undefined;
}
