// What the catalogue says about an operation; every face is derived from it.

import { z } from "zod";
import type { ErrorCode } from "../domain/errors.ts";
import type { Role } from "../domain/role.ts";
import { routes, type OperationName, type Route } from "./routes.ts";

/** The same sentence in English and Chinese. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** What a spoken sentence may ask for. */
export const intents = [
  "create",
  "edit",
  "pause",
  "resume",
  "trigger",
  "cancel",
  "list",
  "show",
  "history",
  "explain",
  "answer",
  "confirm",
  "deny",
  "help",
  "question",
] as const;
export type Intent = (typeof intents)[number];

/** How the command line spells an operation: `rota <noun> <verb> <args…> --other-fields`. */
export interface CliHint {
  /** Absent: the verb stands alone, as in `rota preview`. */
  readonly noun?: string;
  readonly verb: string;
  /** Fields of the input given by position, in order; every other field is an option. */
  readonly args?: readonly string[];
  /** Fields of each item (or of the answer) that a table shows; dotted paths reach inside. */
  readonly columns?: readonly string[];
}

export interface OperationEntry<Input extends z.ZodObject, Output extends z.ZodType> {
  /** One sentence without a full stop, as documentation and help show it. */
  readonly summary: Words;
  /** What a caller should know beyond the summary. */
  readonly description?: string;
  /** All fields in one strict object; `routes.ts` says which travel in path, query and header. */
  readonly input: Input;
  readonly output: Output;
  readonly permission: Role;
  /** `destroys` cannot be undone; faces that talk ask first. */
  readonly effect: "reads" | "changes" | "destroys";
  /** Doing it twice leaves the same state as doing it once. */
  readonly idempotent: boolean;
  /** The operation that takes it back, or a sentence that says how. */
  readonly undo?: OperationName | (string & {});
  /** The codes it answers with beyond {@link commonErrors}. */
  readonly errors: readonly ErrorCode[];
  readonly mcp: { readonly tool: string } | { readonly none: string };
  readonly say: { readonly intent: Intent } | { readonly none: string };
  readonly cli: CliHint;
}

export type Operation<
  Name extends OperationName = OperationName,
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> = OperationEntry<Input, Output> & Route & { readonly name: Name };

/** What any operation may answer. */
export const commonErrors = [
  "VALIDATION_FAILED",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "RATE_LIMITED",
  "LEDGER_UNAVAILABLE",
  "OVERLOADED",
  "CLOSED",
] as const satisfies readonly ErrorCode[];

/** Whether its answer is a task, whose revision is its ETag. */
export function isTagged({ output }: Operation): boolean {
  return output instanceof z.ZodObject && "schedule" in output.shape && "revision" in output.shape;
}

/** Declares an operation: its entry, and its route from the table. */
export function operation<Name extends OperationName, Input extends z.ZodObject, Output extends z.ZodType>(
  name: Name,
  entry: OperationEntry<Input, Output>,
): Operation<Name, Input, Output> {
  return { ...entry, ...routes[name], name };
}
