// What the handlers of the operations work with, from the parts of a Rota.

import type { Engine } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import type { Services } from "../operations/services.ts";

export function servicesOf(
  { ledger, clock, ids, calculators, settings }: EngineParts,
  engine: Engine,
): Services {
  return {
    engine,
    ledger,
    clock,
    ids,
    calculators,
    limits: settings.limits,
    defaults: { timezone: settings.defaultTimezone, minIntervalMs: settings.minIntervalMs },
  };
}
