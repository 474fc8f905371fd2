// Executors as an engine holds them when their code lives in a fixture module.

import type { Json } from "../../src/domain/json.ts";
import type { Executor, Isolation } from "../../src/ports/executor.ts";

export function onFixture(isolation: Isolation, type: string, module = "tasks.ts"): Executor {
  return {
    type,
    version: "1",
    isolation,
    onInterrupted: "repeat",
    pausable: false,
    moduleUrl: new URL(`./fixtures/${module}`, import.meta.url).href,
    validate: (params) => ({ ok: true, params: params as Json }), // what a test gives
    execute: () => {
      throw new Error("this code must run in a place of its own");
    },
  };
}
