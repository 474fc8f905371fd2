// From a request to the input of an operation: path, query, If-Match and body become one record.

import { closest } from "../domain/closest.ts";
import { validationFailed, type Issue } from "../domain/errors.ts";
import type { Operation } from "../contract/operation.ts";
import { carriersOf, type Carriers } from "../contract/routes.ts";
import { readText } from "../contract/schema-walk.ts";

export interface RequestParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** The parsed JSON body; undefined when there was none. */
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}

/** Prepares once what each request of an operation needs. */
export function inputReader(
  operation: Operation,
): (parts: RequestParts) => Readonly<Record<string, unknown>> {
  const fields: Fields = operation.input.shape;
  const carriers = carriersOf(operation, Object.keys(fields));
  return (parts) => {
    const issues: Issue[] = [];
    const input = {
      ...readBody(parts.body, { operation, carriers, issues }),
      ...readQuery(parts.query, fields, { operation, carriers, issues }),
      ...readPath(parts.params, fields, carriers),
      ...readIfMatch(parts.ifMatch, { operation, carriers, issues }),
    };
    if (issues.length > 0) throw validationFailed(issues);
    return input;
  };
}

type Fields = Readonly<Record<string, Parameters<typeof readText>[0]>>;

interface Reading {
  readonly operation: Operation;
  readonly carriers: Carriers;
  readonly issues: Issue[];
}

function readBody(
  body: unknown,
  { operation, carriers, issues }: Reading,
): Readonly<Record<string, unknown>> {
  if (body === undefined) return {};
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    issues.push({ path: "", code: "WRONG_TYPE", message: "the body must be a JSON object" });
    return {};
  }
  for (const field of Object.keys(body)) {
    const home = homeOf(field, operation, carriers);
    if (home !== undefined)
      issues.push({
        path: field,
        code: "NOT_ALLOWED",
        message: `${field} belongs in ${home}, not in the body`,
      });
  }
  return body as Readonly<Record<string, unknown>>; // a JSON object
}

function homeOf(field: string, operation: Operation, carriers: Carriers): string | undefined {
  if (carriers.path.includes(field)) return "the path";
  if (carriers.query.includes(field)) return "the query";
  return field === operation.ifMatch ? "the header If-Match" : undefined;
}

function readPath(
  params: RequestParts["params"],
  fields: Fields,
  { path }: Carriers,
): Readonly<Record<string, unknown>> {
  const read: Record<string, unknown> = {};
  for (const name of path) {
    const [schema, text] = [fields[name], params[name]];
    if (schema !== undefined && text !== undefined) read[name] = readText(schema, [text]);
  }
  return read;
}

function readQuery(
  query: RequestParts["query"],
  fields: Fields,
  { carriers, issues }: Reading,
): Readonly<Record<string, unknown>> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    const schema = carriers.query.includes(name) ? fields[name] : undefined;
    if (schema === undefined) issues.push(unknownParameter(name, carriers));
    else read[name] = readText(schema, typeof value === "string" ? [value] : value);
  }
  return read;
}

function unknownParameter(name: string, { query, body }: Carriers): Issue {
  const shown = name.slice(0, 40);
  if (body.includes(name))
    return { path: shown, code: "NOT_ALLOWED", message: `${shown} belongs in the body, not in the query` };
  const meant = closest(name, query);
  const known = query.length === 0 ? "; it takes none" : `; known here: ${query.join(", ")}`;
  const hint = meant === undefined ? known : `; did you mean ${meant}?`;
  return {
    path: shown,
    code: "UNKNOWN_FIELD",
    message: `unknown query parameter ${JSON.stringify(shown)}${hint}`,
  };
}

/** `"5"` names revision 5, `*` any that exists; a weak tag names the same revision. */
function readIfMatch(
  text: string | undefined,
  { operation, issues }: Reading,
): Readonly<Record<string, unknown>> {
  const field = operation.ifMatch;
  if (field === undefined || text === undefined || text.trim() === "*") return {};
  const revision = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(text)?.[1];
  if (revision !== undefined) return { [field]: Number(revision) };
  issues.push({
    path: "If-Match",
    code: "INVALID_VALUE",
    message: 'expected the ETag of a task, for example "3", or *',
  });
  return {};
}
