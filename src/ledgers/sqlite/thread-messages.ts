// What the ledger and its store's thread say to each other.

import type { Failure } from "./failure.ts";
import type { PostCount } from "./gap.ts";
import type { Batch, BatchReply, Opened, StoreOptions } from "./protocol.ts";

/** What the thread is started with. */
export interface ThreadStart {
  readonly options: StoreOptions;
  readonly posts: PostCount;
}

export type ToThread =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "backup"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "close" };

/** Everything but `opened` answers one message, in order; a backup may be overtaken. */
export type FromThread =
  | { readonly kind: "opened"; readonly opened: Opened }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "batch"; readonly reply: BatchReply }
  | { readonly kind: "done"; readonly of: "backup" | "url" | "close"; readonly failure?: Failure };
