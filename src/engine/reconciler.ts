// The reconciler: finds what a crash left behind and sets it going again.

import type { CancelTimer } from "../ports/clock.ts";
import type { RecoveredRuns } from "../ports/worker-ledger.ts";
import { leaseMs } from "../ports/worker-ledger.ts";
import type { Service } from "../ports/service.ts";
import type { EngineParts } from "./parts.ts";

const everyMs = 1000;

/**
 * Gives on the runs of workers whose lease ended. Nobody judges a lease until one lease length after this process
 * reached the ledger (SEM 11); a ledger with one owner lets the new owner take over its predecessor's runs at once.
 */
export class Reconciler implements Service {
  readonly #parts: EngineParts;
  readonly #worker: () => number | undefined;
  #timer: CancelTimer | undefined;
  #running = false;
  #judgeFromMs = Number.POSITIVE_INFINITY;

  constructor(parts: EngineParts, worker: () => number | undefined) {
    this.#parts = parts;
    this.#worker = worker;
  }

  /** Recovers a dead predecessor's runs, where the ledger has but one owner. Call before anything is claimed. */
  async takeOver(): Promise<RecoveredRuns> {
    const { ledger, clock } = this.#parts;
    if (ledger.capabilities.sharedByProcesses) return { repeated: 0, failed: 0, cancelled: 0 };
    const self = this.#worker();
    return ledger.workers.recover({ judgedMs: clock.now(), exceptWorker: self ?? 0 }, clock.now());
  }

  async start(): Promise<void> {
    // A ledger with one owner has no other worker to judge.
    if (this.#running || !this.#parts.ledger.capabilities.sharedByProcesses) return;
    this.#running = true;
    this.#judgeFromMs = this.#parts.clock.now() + leaseMs;
    this.#next();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.();
  }

  #next(): void {
    if (this.#running)
      this.#timer = this.#parts.clock.after(everyMs, () => void this.#reconcile(), { idle: true });
  }

  async #reconcile(): Promise<void> {
    const { ledger, clock } = this.#parts;
    try {
      const nowMs = clock.now();
      if (nowMs >= this.#judgeFromMs) await ledger.workers.recover({ judgedMs: nowMs }, nowMs);
    } catch {
      // The ledger is away: leases are judged anew one lease length after it is back.
      this.#judgeFromMs = clock.now() + leaseMs;
    }
    this.#next();
  }
}
