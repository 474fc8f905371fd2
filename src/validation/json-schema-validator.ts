// Compiles JSON Schemas (2020-12) with Ajv, and keeps what was used last.

import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonObject } from "../domain/json.ts";
import type { SchemaCheck, Validator } from "../ports/validator.ts";
import { issueOf } from "./schema-issues.ts";

const keptSchemas = 500;
/** Most issues reported: a large wrong input would otherwise be answered by a larger list. */
const maxIssues = 100;

export class JsonSchemaValidator implements Validator {
  // `strict` would refuse keywords it does not know, and formats are notes to people: the standard lets both pass.
  readonly #ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    validateFormats: false,
    verbose: true,
    logger: false,
    addUsedSchema: false,
  });
  /** By their JSON: a schema that comes from the ledger is a new object each time. Least recently used first. */
  readonly #kept = new Map<string, SchemaCheck>();

  async compile(schema: JsonObject): Promise<SchemaCheck> {
    const text = JSON.stringify(schema);
    const check = this.#kept.get(text) ?? this.#compiled(schema);
    this.#kept.delete(text);
    this.#kept.set(text, check);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptSchemas && oldest !== undefined) this.#kept.delete(oldest);
    return check;
  }

  #compiled(schema: JsonObject): SchemaCheck {
    try {
      const validate = this.#ajv.compile(schema);
      return (value) => {
        if (validate(value)) return [];
        return (validate.errors ?? []).slice(0, maxIssues).map(issueOf);
      };
    } catch (error) {
      throw new TypeError(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      // Ajv would keep every schema it has ever seen.
      this.#ajv.removeSchema(schema);
    }
  }
}
