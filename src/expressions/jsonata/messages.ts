// What a computer of expressions is asked, and what it answers.

import type { Evaluated, EvaluationRequest } from "../../ports/expressions.ts";

export type Question =
  | { readonly kind: "check"; readonly texts: readonly string[] }
  | ({ readonly kind: "evaluate" } & EvaluationRequest);

export type Answer =
  | { readonly kind: "checked"; readonly problems: readonly (string | null)[] }
  | { readonly kind: "evaluated"; readonly values: readonly Evaluated[] }
  /** The thread was ended; another one is there. */
  | { readonly kind: "ended"; readonly reason: string };
