// The refusal of one of many that were asked for together.

import { RotaError, type Issue } from "../domain/errors.ts";

/** The same error, naming the place: in its message, in `details.index`, and in the path of each issue. */
export function atIndex(error: unknown, index: number): unknown {
  if (!RotaError.isInstance(error)) return error;
  const { code, message, retryable, cause } = error;
  const issues: unknown = error.details["issues"];
  const details = {
    ...error.details,
    index,
    ...(Array.isArray(issues) ? { issues: issues.map((issue: Issue) => under(issue, index)) } : {}),
  };
  return new RotaError(code, `items.${index}: ${message}`, { details, retryable, cause });
}

function under(issue: Issue, index: number): Issue {
  return { ...issue, path: issue.path === "" ? `items.${index}` : `items.${index}.${issue.path}` };
}
