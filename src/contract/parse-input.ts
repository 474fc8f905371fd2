// Reads an untrusted input by the catalogue, or refuses it with everything that is wrong with it.

import { validationFailed } from "../domain/errors.ts";
import { catalogue, type ParsedOf } from "./catalogue.ts";
import { issuesOf } from "./issues.ts";
import type { OperationName } from "./routes.ts";

/** @throws VALIDATION_FAILED with `details.issues` */
export function parseInput<Name extends OperationName>(name: Name, input: unknown): ParsedOf<Name> {
  const schema = catalogue[name].input;
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw validationFailed(issuesOf(parsed.error, { schema, input }));
  return parsed.data as ParsedOf<Name>; // the schema was looked up by this very name
}
