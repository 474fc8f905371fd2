// What a Standard Schema says: its issues in our words, and its JSON Schema where its library offers one.

import type { Issue } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import type { StandardResult, StandardSchema } from "../ports/executor.ts";

type StandardIssue = NonNullable<StandardResult<unknown>["issues"]>[number];

/** Most issues reported: a large wrong input would otherwise be answered by a larger list. */
const maxIssues = 100;

export function issuesOf(issues: readonly StandardIssue[]): readonly Issue[] {
  if (issues.length === 0)
    return [{ path: "", code: "invalid", message: "the params are refused without a reason" }];
  return issues.slice(0, maxIssues).map((issue) => ({
    path: (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
    code: codeOf(issue),
    message: issue.message,
  }));
}

/** A schema that throws instead of answering refuses the params. */
export function unreadable(error: unknown): StandardIssue {
  return { message: `the schema failed: ${error instanceof Error ? error.message : String(error)}` };
}

/** The standard has no codes; zod and valibot (`type`) tell them all the same. */
function codeOf(issue: StandardIssue): string {
  if ("code" in issue && typeof issue.code === "string") return issue.code;
  return "type" in issue && typeof issue.type === "string" ? issue.type : "invalid";
}

interface WithJsonSchema {
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => unknown };
}

/**
 * The JSON Schema of what may be given, by the Standard JSON Schema extension. Undefined when the library has none, or
 * when the schema holds something JSON Schema cannot say (a date, a transform): then only the code itself can check.
 *
 * @see https://standardschema.dev/json-schema
 */
export function jsonSchemaOf(schema: StandardSchema): JsonObject | undefined {
  const { jsonSchema } = schema["~standard"] as WithJsonSchema; // the extension is there or it is not
  try {
    const made = jsonSchema?.input?.({ target: "draft-2020-12" });
    if (typeof made !== "object" || made === null) return undefined;
    // Through JSON, so that what is published is what is stored; an object by the extension's own type.
    return JSON.parse(JSON.stringify(made)) as JsonObject;
  } catch {
    return undefined;
  }
}
