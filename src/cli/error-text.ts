// Errors as people read them, in one line with their code and what to do, and as programs read them, in JSON.

import { errorCatalogue, RotaError, type ErrorCode, type Issue } from "../domain/errors.ts";
import { exitCodeOf, type ExitCode } from "./exit-code.ts";
import { hintFor } from "./hints.ts";
import { printable } from "./printable.ts";
import type { Colors } from "./terminal.ts";
import { isRecord } from "./value-text.ts";

/** An error as it is shown and as the process ends with it. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly exitCode: ExitCode;
}

/** What was thrown, whatever it is; errors that are not ours are mistakes of the program. */
export function failureOf(error: unknown): Failure {
  if (RotaError.isInstance(error)) {
    const { code, message, details, retryable } = error;
    return {
      code,
      message,
      details,
      retryable,
      hint: hintFor(code),
      exitCode: exitCodeOf[code],
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = errorCatalogue.INTERNAL.remedy;
  return { code: "INTERNAL", message, hint, retryable: false, details: {}, exitCode: 1 };
}

/** A command line that cannot be understood. */
export function misuse(message: string, hint: string): Failure {
  return { code: "VALIDATION_FAILED", message, hint, retryable: false, details: {}, exitCode: 2 };
}

/** One line; below it every further problem where there are several. */
export function failureText({ code, message, hint, details }: Failure, colors: Colors): string {
  const head = `${colors.red("rota:")} ${printable(message)} ${colors.dim(`[${code}] → ${printable(hint)}`)}\n`;
  const issues = issuesOf(details);
  if (issues.length < 2) return head;
  return (
    head +
    issues.map(({ path, message: problem }) => `  ${printable(path)}: ${printable(problem)}\n`).join("")
  );
}

/** Problem details (RFC 9457) as the server answers them, without the status that only HTTP has. */
export function failureJson({ code, message, hint, retryable, details }: Failure): string {
  const problem = {
    type: `urn:rota:error:${code}`,
    title: errorCatalogue[code].meaning,
    detail: message,
    code,
    retryable,
    ...(Object.keys(details).length === 0 ? {} : { details }),
    remedy: hint,
  };
  return `${JSON.stringify(problem, undefined, 2)}\n`;
}

function issuesOf(details: Readonly<Record<string, unknown>>): readonly Issue[] {
  const { issues } = details;
  if (!Array.isArray(issues)) return [];
  return issues.filter(
    (issue): issue is Issue =>
      isRecord(issue) && typeof issue["path"] === "string" && typeof issue["message"] === "string",
  );
}
