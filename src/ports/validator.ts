// Checks JSON by JSON Schema, where that is all that is known of what code accepts (SEM 21).

import type { Issue } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";

/** What is wrong with a value; nothing when it fits. Changes nothing in it. */
export type SchemaCheck = (value: unknown) => readonly Issue[];

export interface Validator {
  /**
   * Reads a JSON Schema (2020-12); equal schemas are read once.
   *
   * @throws TypeError when it is none, with the reason
   */
  compile(schema: JsonObject): Promise<SchemaCheck>;
}
