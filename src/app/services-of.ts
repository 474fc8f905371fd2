// What the handlers of the operations work with, from the parts of a Rota.

import type { Engine } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import type { Services } from "../operations/services.ts";

/** Cryptography is loaded with the first of them: a program that only triggers starts without it. */
export async function servicesOf(parts: EngineParts, engine: Engine): Promise<Services> {
  const [{ NodeSecrets }, { WorkflowTrials }] = await Promise.all([
    import("./node-secrets.ts"),
    import("../engine/workflow/trials.ts"),
  ]);
  const { ledger, clock, ids, calculators, settings } = parts;
  const { explain, maintenance, eventStreams, runStreams } = engine;
  const services: Services = {
    engine,
    ledger,
    clock,
    ids,
    calculators,
    secrets: new NodeSecrets(),
    trials: new WorkflowTrials(parts),
    limits: settings.limits,
    defaults: { timezone: settings.defaultTimezone, minIntervalMs: settings.minIntervalMs },
    over: (view) => ({
      ...services,
      ledger: view,
      engine: { explain, maintenance, eventStreams, runStreams, ...engine.over(view) },
    }),
  };
  return services;
}
