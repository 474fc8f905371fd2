// Errors as people read them, in one line with their code and what to do, and as programs read them, in JSON.

import { errorCatalogue, RotaError, type ErrorCode, type Issue } from "../domain/errors.ts";
import { exitCodeOf, type ExitCode } from "./exit-code.ts";
import { spokenError } from "./error-words.ts";
import type { Language, Words } from "./language.ts";
import { printable } from "./printable.ts";
import type { Colors } from "./terminal.ts";
import { isRecord } from "./value-text.ts";

/** An error as it is shown and as the process ends with it. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: Words;
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
      remedy: spokenError(code).remedy,
      exitCode: exitCodeOf[code],
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const { remedy } = spokenError("INTERNAL");
  return { code: "INTERNAL", message, remedy, retryable: false, details: {}, exitCode: 1 };
}

/** A command line that cannot be understood. */
export function misuse(message: string, remedy: Words): Failure {
  return { code: "VALIDATION_FAILED", message, remedy, retryable: false, details: {}, exitCode: 2 };
}

/** One line; below it every further problem where there are several. In Chinese a heading says what kind of error it is. */
export function failureText(
  { code, message, remedy, details }: Failure,
  { colors, language }: { readonly colors: Colors; readonly language: Language },
): string {
  const heading = language === "en" ? "" : `${spokenError(code).heading[language]}：`;
  const what = `${heading}${printable(message)}`;
  const head = `${colors.red("rota:")} ${what} ${colors.dim(`[${code}] → ${remedy[language]}`)}\n`;
  const issues = issuesOf(details);
  if (issues.length < 2) return head;
  return (
    head +
    issues.map(({ path, message: problem }) => `  ${printable(path)}: ${printable(problem)}\n`).join("")
  );
}

/** Problem details (RFC 9457) as the server answers them, without the status that only HTTP has; always in English. */
export function failureJson({ code, message, remedy, retryable, details }: Failure): string {
  const problem = {
    type: `urn:rota:error:${code}`,
    title: errorCatalogue[code].meaning,
    detail: message,
    code,
    retryable,
    ...(Object.keys(details).length === 0 ? {} : { details }),
    remedy: remedy.en,
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
