// The ledger's verbs on backfills, asked over the channel.

import type { Backfill, BackfillPlan } from "../../domain/backfill.ts";
import type { Key } from "../../domain/ids.ts";
import type { CancelRequest } from "../../domain/run.ts";
import type { BackfillLedger, BackfillStep } from "../../ports/backfill-ledger.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { Asking } from "./channel.ts";

export class BackfillClient implements BackfillLedger {
  readonly #channel: Asking;

  constructor(channel: Asking) {
    this.#channel = channel;
  }

  create(plan: BackfillPlan, nowMs: number): Promise<Backfill | undefined> {
    return this.#channel.call("createBackfill", [plan, nowMs]);
  }

  get(key: Key): Promise<Backfill | undefined> {
    return this.#channel.call("getBackfill", [key]);
  }

  list(taskKey: Key, page: PageRequest): Promise<Page<Backfill>> {
    return this.#channel.call("listBackfills", [taskKey, page]);
  }

  unfinished(limit: number): Promise<readonly Backfill[]> {
    return this.#channel.call("unfinishedBackfills", [limit]);
  }

  advance(step: BackfillStep, nowMs: number): Promise<boolean> {
    return this.#channel.call("advanceBackfill", [step, nowMs], step.instantsMs.length);
  }

  cancel(key: Key, request: CancelRequest, nowMs: number): Promise<Backfill | undefined> {
    return this.#channel.call("cancelBackfill", [key, request, nowMs]);
  }
}
