// Slots held open by a worker while it asks: a run that can start now is stored as already claimed, in one commit.

import type { SlotOffer } from "../../../ports/run-ledger.ts";
import type { ClaimedColumns } from "../columns/claimed-columns.ts";
import type { RunRow } from "../run-row.ts";
import { isAnyParked } from "./park.ts";
import { Taking } from "./take.ts";
import type { TaskHeader } from "./task-cache.ts";
import type { Tx } from "./tx.ts";

/** Only where nothing stands in front and nothing limits: everything else goes through a claim. */
export class OfferDesk {
  readonly #tx: Tx;
  readonly #offer: SlotOffer | undefined;
  readonly #taking: Taking | undefined;
  #slots: number;
  /** Per queue and type: whether a new run may be taken at once. Nothing in this verb can open what was closed. */
  readonly #open = new Map<string, boolean>();

  constructor(
    tx: Tx,
    offered: {
      readonly offer: SlotOffer | undefined;
      readonly columns: ClaimedColumns;
      readonly nowMs: number;
    },
  ) {
    this.#tx = tx;
    const { offer, columns, nowMs } = offered;
    const isGood = offer !== undefined && offer.slots > 0 && tx.workers.isLive(offer.workerKey);
    this.#offer = isGood ? offer : undefined;
    this.#slots = isGood ? offer.slots : 0;
    this.#taking = isGood ? new Taking(tx, { workerKey: offer.workerKey, nowMs }, columns) : undefined;
  }

  /** Takes the run when a slot fits; the run is in no state table. */
  readonly take = (run: RunRow, task: TaskHeader, params: string | null): boolean => {
    if (this.#slots <= 0 || this.#taking === undefined || !this.#isOpen(run, task)) return false;
    this.#slots -= 1;
    this.#taking.take(run, params);
    return true;
  };

  get hasSlots(): boolean {
    return this.#slots > 0;
  }

  /** Stores the claims taken so far; to be called before anything that may read or change them. */
  write(): void {
    this.#taking?.write();
  }

  #isOpen(run: RunRow, task: TaskHeader): boolean {
    if (task.status === "paused" || task.rules.limit !== undefined || task.rules.keyLimit !== undefined)
      return false;
    const { queue, type } = task.definition;
    const name = `${queue} ${type}`;
    let isOpen = this.#open.get(name);
    if (isOpen === undefined) this.#open.set(name, (isOpen = this.#look(run, task)));
    return isOpen;
  }

  #look(run: RunRow, task: TaskHeader): boolean {
    const tx = this.#tx;
    const { queue: queueName, type } = task.definition;
    const offer = this.#offer;
    if (
      offer === undefined ||
      !(offer.queues.includes("*") || offer.queues.includes(queueName)) ||
      !offer.types.includes(type)
    )
      return false;
    const queue = tx.lanes.queue(queueName);
    const { concurrency, keyConcurrency, rateLimit } = queue.config;
    if (
      queue.pausedBy !== null ||
      concurrency !== undefined ||
      keyConcurrency !== undefined ||
      rateLimit !== undefined
    )
      return false;
    return (
      run.laneId === queue.generalLaneId &&
      tx.sql.named("claim.anyReady").get(queue.generalLaneId) === undefined &&
      tx.sql.named("queues.hasTurns").get(queue.id) === undefined &&
      !isAnyParked(tx, `type:${queue.id}:${type}`)
    );
  }
}
