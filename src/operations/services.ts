// What the handlers work with: the engine's services by their verbs, the ledger for reading, and the means to show things.

import type { IdCodec } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Calculators } from "../domain/trigger/calculators.ts";
import type { Engine } from "../engine/engine.ts";
import type { WorkflowTrials } from "../engine/workflow/trials.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Principal } from "../contract/principal.ts";

export interface Services {
  /** All its verbs throw `RotaError`. */
  readonly engine: Pick<
    Engine,
    "tasks" | "runs" | "explain" | "maintenance" | "eventStreams" | "runStreams" | "webhooks"
  >;
  /** For reading, and for what needs no service of the engine: settings of queues, keys. */
  readonly ledger: Ledger;
  /** What is done with workflows that are not stored. */
  readonly trials: Pick<WorkflowTrials, "check" | "simulate">;
  readonly clock: Clock;
  readonly ids: IdCodec;
  readonly secrets: Secrets;
  readonly calculators: Calculators;
  readonly limits: Limits;
  readonly defaults: {
    /** Zone of triggers that name none. */
    readonly timezone: string;
    /** Shortest interval a trigger may have. */
    readonly minIntervalMs: number;
  };
  /** The same services over another view of the ledger: for one call that may come again. */
  readonly over: (ledger: Ledger) => Services;
}

/** For a call that changes many things, commit by commit, by what it reads as it goes. */
export interface Parts {
  /**
   * Performs a part, or answers what it came to when the call came before and died later. Parts are told apart by their
   * order, so a call must ask for them one after the other.
   */
  readonly once: <Value extends Json>(part: () => Promise<Value>) => Promise<Value>;
  /**
   * The services for parts. A part that died before it was kept is performed again over what it did, and they do not
   * hold it back: use them for what may be done twice.
   */
  readonly services: Services;
}

/** One call of an operation. */
export interface Call {
  readonly principal: Principal;
  /** Under an idempotency key: what they change is changed once, however often the call comes (SEM 29). */
  readonly services: Services;
  readonly parts: Parts;
  /** Aborted when the caller no longer waits for the answer. */
  readonly signal?: AbortSignal;
}
