// What a simulation still has to come: events by the virtual time at which they happen.

import type { Json } from "../../domain/json.ts";
import type { FlowEvent } from "../../domain/workflow/flow.ts";

export interface Due {
  readonly atMs: number;
  readonly event: FlowEvent;
  /** What a step that ends now has given. */
  readonly output?: Json;
}

/** First come by time, and of the same time in the order in which they were added. */
export class Agenda {
  /** Latest first, so that the next one is taken from the end. */
  readonly #dues: Due[] = [];

  add(due: Due): void {
    let low = 0;
    let high = this.#dues.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#dues[middle]?.atMs ?? 0) > due.atMs) low = middle + 1;
      else high = middle;
    }
    this.#dues.splice(low, 0, due);
  }

  next(): Due | undefined {
    return this.#dues.pop();
  }

  /** Takes out the ends of the work that is under way, of one step or of all. */
  takeWork(stepId: string | undefined): readonly Due[] {
    const isMeant = ({ event }: Due): boolean =>
      (event.kind === "child-ended" || event.kind === "undo-ended") &&
      (stepId === undefined || event.unit.stepId === stepId);
    const taken = this.#dues.filter(isMeant).toReversed();
    const kept = this.#dues.filter((due) => !isMeant(due));
    this.#dues.splice(0, this.#dues.length, ...kept);
    return taken;
  }
}
