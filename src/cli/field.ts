// One field of an operation's input as an option or argument: what it may hold, read off its JSON Schema.

import { isRecord } from "./value-text.ts";

export type Shape = "text" | "number" | "boolean" | "null" | "object" | "list" | "any";

export interface Field {
  /** Its name in the input. */
  readonly name: string;
  /** `expectedRevision` is `--expected-revision`. */
  readonly flag: string;
  readonly shapes: ReadonlySet<Shape>;
  /** Of a list: what its items may hold. */
  readonly itemShapes: ReadonlySet<Shape>;
  /** The words it accepts, where it accepts only words. */
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  readonly description: string;
}

type Schema = Readonly<Record<string, unknown>>;

/** The fields of an operation's input in their order, from its JSON Schema (of what is written, not of what is read). */
export function fieldsOf(input: Schema): readonly Field[] {
  const properties = isRecord(input["properties"]) ? input["properties"] : {};
  const required = Array.isArray(input["required"]) ? input["required"] : [];
  return Object.entries(properties).map(([name, property]) => {
    const schema = isRecord(property) ? property : {};
    const variants = variantsOf(schema, input);
    const items = variants.flatMap((variant) => itemsOf(variant, input));
    return {
      name,
      flag: flagOf(name),
      shapes: new Set(variants.flatMap(shapesOf)),
      itemShapes: new Set(items.flatMap(shapesOf)),
      choices: choicesOf(items.length > 0 ? [...items, ...variants] : variants),
      isRequired: required.includes(name),
      description: descriptionOf(schema, input),
    };
  });
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The schema without references and unions: every form that the value may take. */
function variantsOf(schema: Schema, root: Schema, depth = 0): readonly Schema[] {
  // A schema may refer to itself; a dozen levels are more than any input of ours has.
  if (depth > 12) return [{}];
  const target = resolve(schema, root);
  const union = target["anyOf"] ?? target["oneOf"];
  if (Array.isArray(union)) {
    return union.flatMap((member) => (isRecord(member) ? variantsOf(member, root, depth + 1) : []));
  }
  const types: unknown = target["type"];
  return Array.isArray(types) ? types.map((type: unknown) => ({ ...target, type })) : [target];
}

function resolve(schema: Schema, root: Schema): Schema {
  const name =
    typeof schema["$ref"] === "string" ? schema["$ref"].replace(/^#\/(\$defs|definitions)\//, "") : undefined;
  const definitions = root["$defs"] ?? root["definitions"];
  if (name === undefined || !isRecord(definitions)) return schema;
  const target = definitions[name];
  return isRecord(target) ? target : {};
}

function itemsOf(variant: Schema, root: Schema): readonly Schema[] {
  return variant["type"] === "array" && isRecord(variant["items"]) ? variantsOf(variant["items"], root) : [];
}

function shapesOf(variant: Schema): Shape[] {
  switch (variant["type"]) {
    case "string":
      return ["text"];
    case "number":
    case "integer":
      return ["number"];
    case "boolean":
      return ["boolean"];
    case "null":
      return ["null"];
    case "object":
      return ["object"];
    case "array":
      return ["list"];
    default:
      return typeof variant["const"] === "string" || Array.isArray(variant["enum"]) ? ["text"] : ["any"];
  }
}

function choicesOf(variants: readonly Schema[]): readonly string[] {
  const words = variants.flatMap((variant) => {
    const listed: unknown = variant["enum"] ?? (variant["const"] === undefined ? [] : [variant["const"]]);
    return Array.isArray(listed) ? listed.filter((word): word is string => typeof word === "string") : [];
  });
  const texts = variants.filter((variant) => shapesOf(variant).includes("text"));
  const isClosed =
    texts.every((variant) => "enum" in variant || "const" in variant) &&
    !variants.some((variant) => shapesOf(variant).includes("number"));
  return isClosed ? [...new Set(words)] : [];
}

/** The description nearest to the field, else that of what it refers to. */
function descriptionOf(schema: Schema, root: Schema): string {
  const unions: unknown = schema["anyOf"] ?? schema["oneOf"];
  const members: readonly unknown[] = Array.isArray(unions) ? unions : [];
  for (const candidate of [schema, resolve(schema, root), ...members]) {
    if (!isRecord(candidate)) continue;
    const text = candidate["description"] ?? resolve(candidate, root)["description"];
    if (typeof text === "string") return text;
  }
  return "";
}
