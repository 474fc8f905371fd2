// A function in code that stands where a workflow could have an expression.

import type { JsonObject } from "../domain/json.ts";

/** Computes a value from a run's data; what it returns must be JSON. It may be asked again for the same data. */
export type WorkflowFunction = (scope: JsonObject) => unknown;
