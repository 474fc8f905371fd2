// How a wait leaves user code: thrown by `ctx.sleep`, `ctx.waitFor` and `ctx.ask`, and turned into `suspended` by the host.

import type { Outcome } from "../domain/outcome.ts";

/** What the run waits for. */
export interface WaitRequest extends Omit<Extract<Outcome, { kind: "suspended" }>, "kind"> {
  /** Milliseconds from the moment of suspension until the answer is due; becomes `answerByMs`. */
  readonly answerInMs?: number;
}

const brand = Symbol.for("rota.suspension");

/**
 * Not a failure: the run waits, and its code is called again when the wait is over.
 *
 * Code that catches everything should let it pass. If it does not, the run is suspended all the same when the code ends,
 * and what it returned or threw after the wait is dropped (see `outcome-of.ts`).
 */
export class Suspension extends Error {
  override readonly name: string = "Suspension";
  readonly request: WaitRequest;
  readonly [brand] = true;

  constructor(request: WaitRequest) {
    super("the run waits and its code is called again afterwards; let this error pass");
    this.request = request;
  }

  static isInstance(value: unknown): value is Suspension {
    return typeof value === "object" && value !== null && brand in value;
  }
}
