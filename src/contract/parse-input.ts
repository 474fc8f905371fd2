// Reads an untrusted input by the catalogue, or refuses it with everything that is wrong with it.

import type { z } from "zod";
import { RotaError, validationFailed } from "../domain/errors.ts";
import { catalogue, type ParsedOf } from "./catalogue.ts";
import { issuesOf } from "./issues.ts";
import type { OperationName } from "./routes.ts";

/** @throws VALIDATION_FAILED with `details.issues` */
export function parseInput<Name extends OperationName>(name: Name, input: unknown): ParsedOf<Name> {
  const schema = catalogue[name].input;
  const parsed = read(schema, input);
  if (!parsed.success) throw validationFailed(issuesOf(parsed.error, { schema, input }));
  return parsed.data as ParsedOf<Name>; // the schema was looked up by this very name
}

/**
 * zod 4.6 looks at the `length` of whatever stands where a text or list should: an object with a field of that name
 * which cannot be compared, as `{ "length": { "valueOf": 1, "toString": 1 } }`, makes it throw. Such fields are left
 * out then, which leaves everything that is wrong with the input wrong.
 */
function read<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(input);
  } catch {
    const parsed = schema.safeParse(withoutLengths(input));
    if (!parsed.success) return parsed;
    throw new RotaError("VALIDATION_FAILED", "the input has a field `length` that cannot be read");
  }
}

function withoutLengths(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutLengths);
  const kept = Object.entries(value).filter(([name]) => name !== "length");
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutLengths(item)]));
}
