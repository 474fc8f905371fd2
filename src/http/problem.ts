// Which HTTP status an error code has, and the problem details (RFC 9457) that answer with it.

import { RotaError, type ErrorCode } from "../domain/errors.ts";
import { problemMediaType, problemOf, type ProblemDetails } from "../contract/problem-details.ts";

/**
 * 400 says that a request cannot be read as the operation's input, 422 that it was read and cannot be meant, 409 that
 * it does not fit the present state. Codes that only ever end runs have a status too, so that a new code cannot be
 * forgotten here.
 */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  VALIDATION_FAILED: 400,
  INVALID_PARAMETERS: 422,
  EXECUTOR_NOT_FOUND: 422,
  INVALID_TRIGGER: 422,
  IN_THE_PAST: 422,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  ALREADY_EXISTS: 409,
  ILLEGAL_TRANSITION: 409,
  OVERLAP: 409,
  TASK_PAUSED: 409,
  NOT_PAUSABLE: 409,
  NOTHING_LEFT_TO_RUN: 409,
  DEPENDENCY_NOT_FOUND: 422,
  DEPENDENCY_CYCLE: 422,
  REVISION_MISMATCH: 412,
  IDEMPOTENCY_KEY_REUSED: 422,
  PAYLOAD_TOO_LARGE: 413,
  FORBIDDEN: 403,
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  UNSUPPORTED_MEDIA_TYPE: 415,
  ADDRESS_REFUSED: 422,
  TIMEOUT: 409,
  DEADLINE: 409,
  EXPIRED: 409,
  CANCELLED: 409,
  EXECUTION_FAILED: 409,
  NON_RETRYABLE: 409,
  RESULT_TOO_LARGE: 409,
  RESULT_NOT_SERIALIZABLE: 409,
  WORKER_LOST: 409,
  OUTCOME_UNKNOWN: 409,
  DEPENDENCY_FAILED: 409,
  SECRET_NOT_FOUND: 409,
  LEDGER_UNAVAILABLE: 503,
  LEDGER_INACCESSIBLE: 503,
  LEDGER_FULL: 507,
  LEDGER_CORRUPT: 503,
  LEDGER_TOO_NEW: 503,
  LEDGER_LOCKED: 503,
  OVERLOADED: 503,
  CLOSED: 503,
  NOT_STARTED: 503,
  CONFIG_INVALID: 500,
  INTERNAL: 500,
};

/** Seconds after which what cannot be answered now may be asked again, where nobody knows better. */
const retryAfterSeconds = 1;

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDetails;
}

/**
 * The answer for whatever was thrown. What is not ours is `INTERNAL` and says nothing about itself: its message could
 * hold a path, a query or a secret.
 */
export function answerFor(thrown: unknown, instance: string): ProblemAnswer {
  const error = RotaError.isInstance(thrown)
    ? thrown
    : new RotaError("INTERNAL", "something went wrong inside Rota");
  const status = statusOf[error.code];
  return {
    status,
    headers: {
      "content-type": `${problemMediaType}; charset=utf-8`,
      ...(status === 503 || status === 429 ? { "retry-after": String(secondsUntilRetry(error)) } : {}),
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    },
    body: problemOf(error, status, instance),
  };
}

function secondsUntilRetry({ details }: RotaError): number {
  const { retryAfterMs } = details;
  return typeof retryAfterMs === "number" ? Math.max(1, Math.ceil(retryAfterMs / 1000)) : retryAfterSeconds;
}
