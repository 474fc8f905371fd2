// The OpenAPI 3.1 document, made from the catalogue.

import { errorCatalogue, type ErrorCode } from "../domain/errors.ts";
import { operations } from "../contract/catalogue.ts";
import { describeSchema, type JsonSchema } from "../contract/json-schema.ts";
import { nounOf, nouns } from "../contract/nouns.ts";
import { commonErrors, isTagged, type Operation } from "../contract/operation.ts";
import { problemMediaType } from "../contract/problem-details.ts";
import { carriersOf, hasBody } from "../contract/routes.ts";
import { sessionCookieName } from "./cookie.ts";
import { sessionPath } from "./paths.ts";
import { statusOf } from "./problem.ts";
import { sessionOperations, sessionWords } from "./session-openapi.ts";

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  /** Any one of them lets in; a server on loopback may let in without. */
  readonly security: readonly JsonSchema[];
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
  };
}

export function openApiDocument(): OpenApiDocument {
  const schemas = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation, schemas);
  }
  paths[sessionPath] = sessionOperations;
  return {
    openapi: "3.1.0",
    info: {
      title: "Rota",
      version: "1.0.0",
      summary: "Say once what should be done and when",
      description:
        "Errors are problem details (RFC 9457) with a stable `code`. Lists take `limit` and `cursor`. " +
        "Unknown fields are refused. Instants are ISO 8601 with offset, durations are `30m` or milliseconds.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The server that this document comes from" }],
    tags: Object.entries({ ...nouns, session: sessionWords }).map(([name, { en, zh }]) => ({
      name,
      description: `${en}\n\n${zh}`,
    })),
    paths,
    security: [{ apiKey: [] }, { session: [] }, {}],
    components: { schemas: { ...schemas.all, Problem: problemSchema }, securitySchemes },
  };
}

function describe(operation: Operation, schemas: Components): JsonSchema {
  const input = schemas.add(operation.input);
  const fields = input["properties"] as Readonly<Record<string, JsonSchema>>; // the input is an object
  const required = (input["required"] as readonly string[] | undefined) ?? [];
  const { path, query, body } = carriersOf(operation, Object.keys(fields));
  const parameters = [
    ...path.map((name) => parameter(name, "path", { schema: fields[name], isRequired: true })),
    ...query.map((name) =>
      parameter(name, "query", { schema: fields[name], isRequired: required.includes(name) }),
    ),
    ...(operation.ifMatch === undefined ? [] : [ifMatch]),
    ...(isRepeatable(operation) ? [idempotencyKey] : []),
  ];
  return {
    operationId: operation.name,
    tags: [nounOf(operation.name)],
    summary: operation.summary.en,
    description: [operation.description, operation.summary.zh]
      .filter((text) => text !== undefined)
      .join("\n\n"),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody(operation) ? { requestBody: requestBody(body, fields, required) } : {}),
    responses: { ...success(operation, schemas), ...failures(operation) },
    "x-rota-permission": operation.permission,
    "x-rota-effect": operation.effect,
    "x-rota-idempotent": operation.idempotent,
  };
}

interface ParameterFacts {
  readonly schema: JsonSchema | undefined;
  readonly isRequired: boolean;
}

function parameter(
  name: string,
  place: "path" | "query",
  { schema = {}, isRequired }: ParameterFacts,
): JsonSchema {
  const { description, ...rest } = schema;
  return {
    name,
    in: place,
    required: isRequired,
    ...(description === undefined ? {} : { description }),
    schema: rest,
  };
}

const ifMatch: JsonSchema = {
  name: "If-Match",
  in: "header",
  required: false,
  description: "The ETag of the task as you read it; refused with 412 when somebody changed it since",
  schema: { type: "string", examples: ['"3"'] },
};

const idempotencyKey: JsonSchema = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Performed once, however often it comes with this key within 24 hours; answered the same",
  schema: { type: "string", minLength: 1, maxLength: 200, examples: ["8a7c0c1e-order-17"] },
};

function isRepeatable({ effect, answersSecret }: Operation): boolean {
  return effect !== "reads" && answersSecret !== true;
}

const securitySchemes: Readonly<Record<string, JsonSchema>> = {
  apiKey: { type: "http", scheme: "bearer", description: "An API key; `rota keys create` makes one" },
  session: { type: "apiKey", in: "cookie", name: sessionCookieName },
};

function requestBody(
  body: readonly string[],
  fields: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  const needed = required.filter((field) => body.includes(field));
  const schema = {
    type: "object",
    properties: Object.fromEntries(body.map((field) => [field, fields[field]])),
    ...(needed.length === 0 ? {} : { required: needed }),
    additionalProperties: false,
  };
  return { required: needed.length > 0, content: { "application/json": { schema } } };
}

function success(operation: Operation, schemas: Components): JsonSchema {
  if (operation.status === 204) return { 204: { description: "Done" } };
  const headers = {
    ...(operation.created === undefined
      ? {}
      : { Location: { description: "Where it can be read", schema: { type: "string" } } }),
    ...(isTagged(operation)
      ? { ETag: { description: "The task's revision", schema: { type: "string" } } }
      : {}),
  };
  const schema = schemas.add(operation.output);
  const answer = {
    description: operation.summary.en,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: { "application/json": { schema } },
  };
  const { statusWhen: other } = operation;
  return {
    [operation.status]: answer,
    ...(other === undefined
      ? {}
      : {
          [other.status]: { ...answer, description: `${answer.description} (${other.field}: ${other.is})` },
        }),
  };
}

/** One response for each status, naming the codes that come with it. */
function failures(operation: Operation): JsonSchema {
  const ofBody: readonly ErrorCode[] = hasBody(operation)
    ? ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"]
    : [];
  const ofRepeats: readonly ErrorCode[] = isRepeatable(operation) ? ["IDEMPOTENCY_KEY_REUSED"] : [];
  const codes = new Set<ErrorCode>([...operation.errors, ...commonErrors, ...ofBody, ...ofRepeats]);
  const byStatus: Record<number, ErrorCode[]> = {};
  for (const code of codes) (byStatus[statusOf[code]] ??= []).push(code);
  const content = { [problemMediaType]: { schema: { $ref: "#/components/schemas/Problem" } } };
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, named]) => [
      status,
      { description: named.map((code) => `\`${code}\`: ${errorCatalogue[code].meaning}`).join(" "), content },
    ]),
  );
}

const problemSchema: JsonSchema = {
  type: "object",
  description: "What went wrong (RFC 9457)",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    code: { type: "string", enum: Object.keys(errorCatalogue) },
    retryable: { type: "boolean" },
    details: {
      type: "object",
      description: "`issues` names every problem of an input: {path, code, message}",
    },
    remedy: { type: "string" },
  },
  required: ["type", "title", "status", "detail", "code", "retryable", "remedy"],
};

/** Collects the named schemas of all operations; one name is one schema. */
class Components {
  readonly all: Record<string, JsonSchema> = {};

  /** The schema itself, with what it names moved to the components. */
  add(schema: Operation["output"]): JsonSchema {
    const { schema: own, named } = describeSchema(schema);
    for (const [name, body] of Object.entries(named)) {
      const known = this.all[name];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(relocate(body))) {
        throw new Error(`two different schemas are called ${name}`);
      }
      this.all[name] = relocate(body);
    }
    return relocate(own);
  }
}

/** References into a schema's own `$defs` become references into the document's components. */
function relocate(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema; // as it was
}
