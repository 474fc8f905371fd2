// How the process ends for each error: few codes, so that scripts can tell what to do next.

import type { ErrorCode } from "../domain/errors.ts";

/** What each exit code means; documentation is made from it. */
export const exitCodes = {
  0: "done",
  1: "failed",
  2: "wrong usage, or an input that was refused",
  3: "not found",
  4: "in conflict with the present state",
  5: "unavailable now; repeat later",
  6: "not allowed",
} as const;
export type ExitCode = keyof typeof exitCodes;

/** Exhaustive: a new error code does not compile until it has its place here. */
export const exitCodeOf: Readonly<Record<ErrorCode, ExitCode>> = {
  VALIDATION_FAILED: 2,
  INVALID_PARAMETERS: 2,
  EXECUTOR_NOT_FOUND: 2,
  INVALID_TRIGGER: 2,
  IN_THE_PAST: 2,
  NOT_FOUND: 3,
  ALREADY_EXISTS: 4,
  ILLEGAL_TRANSITION: 4,
  OVERLAP: 4,
  TASK_PAUSED: 4,
  NOT_PAUSABLE: 4,
  NOTHING_LEFT_TO_RUN: 4,
  DEPENDENCY_CYCLE: 2,
  REVISION_MISMATCH: 4,
  COUNT_MISMATCH: 4,
  IDEMPOTENCY_KEY_REUSED: 4,
  PAYLOAD_TOO_LARGE: 2,
  FORBIDDEN: 6,
  UNAUTHENTICATED: 6,
  UNSUPPORTED_MEDIA_TYPE: 2,
  ADDRESS_REFUSED: 2,
  TIMEOUT: 1,
  DEADLINE: 1,
  EXPIRED: 1,
  CANCELLED: 1,
  EXECUTION_FAILED: 1,
  NON_RETRYABLE: 1,
  RESULT_TOO_LARGE: 1,
  RESULT_NOT_SERIALIZABLE: 1,
  WORKER_LOST: 1,
  OUTCOME_UNKNOWN: 1,
  DEPENDENCY_FAILED: 1,
  SECRET_NOT_FOUND: 1,
  LEDGER_UNAVAILABLE: 5,
  LEDGER_FULL: 5,
  LEDGER_CORRUPT: 1,
  LEDGER_TOO_NEW: 1,
  LEDGER_LOCKED: 5,
  OVERLOADED: 5,
  CLOSED: 5,
  CONFIG_INVALID: 2,
  INTERNAL: 1,
};
