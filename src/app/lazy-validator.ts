// JSON Schema validation, loaded when the first schema is read: a program whose code checks its params does not pay for it.

import type { JsonObject } from "../domain/json.ts";
import type { SchemaCheck, Validator } from "../ports/validator.ts";

export class LazyValidator implements Validator {
  #validator: Promise<Validator> | undefined;

  async compile(schema: JsonObject): Promise<SchemaCheck> {
    this.#validator ??= import("../validation/json-schema-validator.ts").then(
      ({ JsonSchemaValidator }) => new JsonSchemaValidator(),
    );
    return (await this.#validator).compile(schema);
  }
}
