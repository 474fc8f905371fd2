// A page of a list.

import type { Condition } from "../domain/filter/expression.ts";
import type { ListOrder } from "../domain/filter/order.ts";

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

/** What a list is asked for beside its page. */
export interface ListRequest extends PageRequest {
  /** Only what passes it; see `domain/filter`. Beside the other fields of a query, which are short for a part of it. */
  readonly where?: Condition;
  /** By time of creation. @default "newest" first */
  readonly order?: ListOrder;
}
