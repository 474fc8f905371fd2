// Carries backfills on: their runs are made piece by piece under a durable cursor (SEM 15, N13).

import type { Backfill } from "../domain/backfill.ts";
import type { Key } from "../domain/ids.ts";
import type { CancelTimer } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import type { FirePlanner } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import { pastInstantsOf, type PastInstants } from "./past-instants.ts";

/** Runs made in one transaction. */
const batch = 200;
/** Looks for backfills of a process that died beside us. */
const lookMs = 5000;
/** Waits while the ledger is away. */
const retryMs = 1000;

export class Backfiller implements Service {
  readonly #parts: EngineParts;
  readonly #planner: FirePlanner;
  #running = false;
  #look: CancelTimer | undefined;
  /** Backfills this process is at work on. */
  readonly #driven = new Map<Key, Promise<void>>();

  constructor(parts: EngineParts, planner: FirePlanner) {
    this.#parts = parts;
    this.#planner = planner;
  }

  /** Goes on with what was left unfinished. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    await this.#lookAround();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#look?.();
    await Promise.all(this.#driven.values());
  }

  async #lookAround(): Promise<void> {
    try {
      for (const backfill of await this.#parts.ledger.backfills.unfinished(100)) this.drive(backfill);
    } catch {
      // The ledger is away; the next look tells more.
    }
    // Beside other processes there may be one that died in the middle.
    if (this.#running && this.#parts.ledger.capabilities.sharedByProcesses)
      this.#look = this.#parts.clock.after(lookMs, () => void this.#lookAround(), { idle: true });
  }

  /** Makes the runs of a backfill from its cursor on, unless that is being done already. */
  drive(backfill: Backfill): void {
    if (!this.#running || this.#driven.has(backfill.key)) return;
    const done = this.#carryOn(backfill).finally(() => this.#driven.delete(backfill.key));
    this.#driven.set(backfill.key, done);
  }

  /** Piece by piece; a step that is refused was taken by somebody else, or the backfill is over. */
  async #carryOn(begun: Backfill): Promise<void> {
    const { ledger, clock } = this.#parts;
    let backfill: Backfill | undefined = begun;
    let source: PastInstants | undefined;
    while (this.#running && backfill?.status === "running" && backfill.cursorMs < backfill.toMs) {
      const { key, cursorMs, toMs, taskKey, revision, anchorMs } = backfill;
      try {
        const definition =
          source === undefined ? await ledger.tasks.definitionAt(taskKey, revision) : undefined;
        if (definition !== undefined) source = pastInstantsOf(definition, anchorMs, this.#planner);
        if (source === undefined) return;
        const instantsMs = source.between(cursorMs, toMs, batch);
        const lastMs = instantsMs.at(-1) ?? toMs;
        const isLast = instantsMs.length < batch || lastMs === toMs;
        const throughMs = isLast ? toMs : lastMs;
        await ledger.backfills.advance({ key, cursorMs, throughMs, instantsMs, isLast }, clock.now());
        backfill = await ledger.backfills.get(key);
      } catch {
        await new Promise<void>((resolve) => void clock.after(retryMs, resolve));
      }
    }
  }
}
