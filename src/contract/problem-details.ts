// An error on the wire: problem details (RFC 9457) with Rota's code, and the way back to an error. Knows no schema.

import { errorCatalogue, RotaError, validationFailed, type ErrorCode } from "../domain/errors.ts";

export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A sentence about this very case. */
  readonly detail: string;
  /** The path that was asked for. */
  readonly instance?: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  /** What a person can do about it. */
  readonly remedy: string;
}

export const problemMediaType = "application/problem+json";

export function problemOf(error: RotaError, status: number, instance?: string): ProblemDetails {
  const page = errorCatalogue[error.code];
  return {
    type: `urn:rota:error:${error.code}`,
    title: page.meaning,
    status,
    detail: error.message,
    ...(instance === undefined ? {} : { instance }),
    code: error.code,
    retryable: error.retryable,
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
    remedy: page.remedy,
  };
}

/**
 * The error that an answer of status 400 or above stands for. An answer that is no problem of ours (a proxy's page, for
 * example) becomes `INTERNAL`, or `LEDGER_UNAVAILABLE` when it says that the service is away.
 */
export function errorOfProblem(status: number, body: unknown, retryAfterMs?: number): RotaError {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (typeof body !== "object" || body === null || !("code" in body) || !isErrorCode(body.code)) {
    const code = status === 502 || status === 503 || status === 504 ? "LEDGER_UNAVAILABLE" : "INTERNAL";
    const details = { status, ...wait };
    return new RotaError(code, `the server answered with status ${status}`, {
      details,
      retryable: code !== "INTERNAL",
    });
  }
  const { detail, details, retryable } = body as Partial<ProblemDetails>; // the fields are looked at one by one
  const known = typeof details === "object" && details !== null ? details : {};
  return new RotaError(body.code, typeof detail === "string" ? detail : body.code, {
    details: { ...known, status, ...wait },
    retryable: retryable === true,
  });
}

/** The error for a server that gave no answer at all. */
export function errorOfSilence(url: string, cause: unknown): RotaError {
  return new RotaError("LEDGER_UNAVAILABLE", `no answer from ${url}`, {
    details: { url },
    retryable: true,
    cause,
  });
}

/** The error for a call that cannot even be asked. */
export function errorOfCall(field: string, message: string): RotaError {
  return validationFailed([{ path: field, code: "INVALID_VALUE", message }]);
}

/** Whether something thrown is an error of Rota, with a `code`; also true for one of another copy of this library. */
export function isRotaError(thrown: unknown): thrown is RotaError {
  return RotaError.isInstance(thrown);
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(errorCatalogue, value);
}
