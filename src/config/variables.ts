// Environment variables that look like a setting but are none.

import type { Issue } from "../domain/errors.ts";
import { settingNames, variableOf } from "./schema.ts";

const known = settingNames.map(variableOf);

/**
 * Variables that are one slip away from a setting's.
 *
 * Others that begin with ROTA_ are let be: secrets are (`ROTA_SECRET_…`), and platforms add their own (Kubernetes sets
 * `ROTA_SERVICE_HOST` in every pod beside a service named rota).
 */
export function misspelt(env: Readonly<Record<string, string | undefined>>): Issue[] {
  return Object.keys(env).flatMap((name): Issue[] => {
    if (!name.startsWith("ROTA_") || name.startsWith("ROTA_SECRET_") || known.includes(name)) return [];
    const near = known.find((candidate) => isOneSlipAway(name, candidate));
    if (near === undefined) return [];
    return [
      {
        path: name,
        code: "unknown",
        message: `there is no such setting, did you mean ${near}? (from the environment)`,
      },
    ];
  });
}

/** A letter too many, too few, wrong, or two neighbours swapped. */
function isOneSlipAway(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rest = (text: string, skipped: number): string => text.slice(start + skipped);
  if (rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2);
}
