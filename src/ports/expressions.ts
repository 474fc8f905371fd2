// Expressions that people write into workflows: computed where they can do no harm.

import type { Json, JsonObject } from "../domain/json.ts";

/** Expression texts and the one scope they are computed over. */
export interface EvaluationRequest {
  readonly texts: readonly string[];
  /** The names an expression may use. */
  readonly scope: JsonObject;
}

export type Evaluated =
  | { readonly ok: true; readonly value: Json }
  /** `message` is for people: what is wrong, and where in the text. */
  | { readonly ok: false; readonly message: string };

/**
 * Computes expressions without harm to the process: one that loops or grows beyond its limit is ended and fails, and so
 * do all of its request. Never rejects.
 */
export interface Expressions {
  /** For each text what is wrong with its grammar, or null. */
  check(texts: readonly string[]): Promise<readonly (string | null)[]>;
  /** One answer for each text, in order. What an expression leaves undefined is null. */
  evaluate(request: EvaluationRequest): Promise<readonly Evaluated[]>;
  close(): Promise<void>;
}
