// What the handlers work with: the engine's services by their verbs, the ledger for reading, and the means to show things.

import type { IdCodec } from "../domain/ids.ts";
import type { Limits } from "../domain/limits.ts";
import type { Calculators } from "../domain/trigger/calculators.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Principal } from "../contract/principal.ts";

export interface Services {
  /** All its verbs throw `RotaError`. */
  readonly engine: Pick<Engine, "tasks" | "runs" | "backfills" | "errors" | "explain" | "maintenance">;
  /** For reading, and for what needs no service of the engine: settings of queues, keys. */
  readonly ledger: Ledger;
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

/** One call of an operation. */
export interface Call {
  readonly principal: Principal;
  readonly services: Services;
}
