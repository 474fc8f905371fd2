// The catalogue's schemas as JSON Schema (2020-12), for documents and for tools that are called by machines.

import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface DescribedSchema {
  readonly schema: JsonSchema;
  /** What `schema` refers to as `#/$defs/<name>`. */
  readonly named: Readonly<Record<string, JsonSchema>>;
}

/**
 * Describes a schema. Inputs are described as callers write them; outputs have no other side, and as such are open to
 * fields that are added later.
 */
export function describeSchema(schema: z.ZodType): DescribedSchema {
  const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io: "input" });
  return {
    schema: own,
    named: Object.fromEntries(Object.entries($defs).map(([name, body]) => [name, unnamed(body)])),
  };
}

function unnamed(schema: z.core.JSONSchema.JSONSchema): JsonSchema {
  const { id: _, ...body } = schema;
  return body;
}
