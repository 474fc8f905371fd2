// From what Ajv found wrong to issues as Rota words them: path, stable code, a sentence, and what was probably meant.

import type { ErrorObject } from "ajv/dist/2020.js";
import { closest } from "../domain/closest.ts";
import type { Issue } from "../domain/errors.ts";

export function issueOf(error: ErrorObject): Issue {
  const path = pathOf(error.instancePath);
  switch (error.keyword) {
    case "required":
    case "dependentRequired":
      return { path: join(path, named(error, "missingProperty")), code: "REQUIRED", message: "is missing" };
    case "additionalProperties":
      return unknownField(path, named(error, "additionalProperty"), error);
    case "unevaluatedProperties":
      return unknownField(path, named(error, "unevaluatedProperty"), error);
    case "enum":
      return { path, code: "INVALID_VALUE", message: `expected ${listed(error.params["allowedValues"])}` };
    case "const":
      return { path, code: "INVALID_VALUE", message: `expected ${shown(error.params["allowedValue"])}` };
    case "type":
      return { path, code: "WRONG_TYPE", message: wording(error) };
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
    case "minLength":
    case "maxLength":
    case "minItems":
    case "maxItems":
    case "minProperties":
    case "maxProperties":
      return { path, code: "OUT_OF_RANGE", message: wording(error) };
    default:
      return { path, code: "INVALID_VALUE", message: wording(error) };
  }
}

/** A JSON pointer as the dotted path of an issue. */
function pathOf(pointer: string): string {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~")).join(".");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function named({ params }: ErrorObject, what: string): string {
  return String(params[what]);
}

function unknownField(path: string, name: string, { parentSchema }: ErrorObject): Issue {
  const properties: unknown = parentSchema?.["properties"];
  const known = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const meant = closest(name, known);
  const hint =
    meant === undefined
      ? known.length === 0
        ? ""
        : `; known here: ${known.join(", ")}`
      : `; did you mean ${meant}?`;
  const message = `unknown field ${JSON.stringify(name)}${hint}`;
  return { path: join(path, name), code: "UNKNOWN_FIELD", message };
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.map(shown).join(", ") : shown(values);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function wording({ message, keyword }: ErrorObject): string {
  return message ?? `does not fit "${keyword}"`;
}
