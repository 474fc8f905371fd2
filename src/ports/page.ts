// A page of a list.

/** Items, newest or oldest first as the list says, and the key to go on from; absent on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: number;
}

export interface PageRequest {
  /** Items wanted, 1–1000. */
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: number;
}
