// Errors as they cross the channel, and what SQLite's own errors become.

import { RotaError, type ErrorCode } from "../../domain/errors.ts";

/** An error as data: a worker thread cannot pass the object itself. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
}

/** SQLite's primary result codes (the low byte of an extended one), see https://sqlite.org/rescode.html. */
const sqlite = {
  busy: 5,
  locked: 6,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

export function toFailure(error: unknown): Failure {
  if (RotaError.isInstance(error)) {
    const { code, message, details, retryable } = error;
    return { code, message, details, retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  const known = sqliteCode(error);
  if (known === undefined) return { code: "INTERNAL", message, details: {}, retryable: false };
  const full = {
    code: "LEDGER_FULL",
    message: "the disk is full; nothing was changed",
    details: {},
    retryable: true,
  } as const;
  switch (known & 0xff) {
    case sqlite.full:
      return full;
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return {
        code: "LEDGER_CORRUPT",
        message: `the database file is damaged: ${message}`,
        details: {},
        retryable: false,
      };
    case sqlite.busy:
    case sqlite.locked:
    case sqlite.readonly:
    case sqlite.ioError:
    case sqlite.cantOpen:
      return {
        code: "LEDGER_UNAVAILABLE",
        message: `the database cannot be used: ${message}`,
        details: {},
        retryable: true,
      };
    default:
      return { code: "INTERNAL", message, details: {}, retryable: false };
  }
}

export function toError({ code, message, details, retryable }: Failure, cause?: unknown): RotaError {
  return new RotaError(code, message, { details, retryable, ...(cause === undefined ? {} : { cause }) });
}

export function unavailable(why: string): RotaError {
  return new RotaError("LEDGER_UNAVAILABLE", why, { retryable: true });
}

function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}
