// The ledger's verbs on the event feed.

import type { RotaEvent } from "../domain/event.ts";

export interface FeedLedger {
  /** Position of the newest event; 0 before the first. */
  head(): Promise<number>;
  /**
   * Events after `position`, in commit order. `gone` when events after that position are no longer kept (7 days): the
   * reader must start again from the present state.
   */
  read(
    position: number,
    limit: number,
  ): Promise<{ readonly events: readonly RotaEvent[]; readonly gone: boolean }>;
}
