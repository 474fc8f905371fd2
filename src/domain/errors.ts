// The one error type of Rota and the closed catalogue of its codes; transport-free (faces map codes to statuses).

/** What a code means, when it appears, and what a person can do about it. */
export interface ErrorPage {
  readonly meaning: string;
  readonly when: string;
  readonly remedy: string;
}

/** Every stable error code, with its page for people; `docs/reference/errors.md` is generated from it. */
export const errorCatalogue = {
  VALIDATION_FAILED: {
    meaning: "The request is not what the operation accepts.",
    when: "A field is missing, unknown, of the wrong type or out of range.",
    remedy: "Read `details.issues`: each names the path and what was expected.",
  },
  INVALID_PARAMETERS: {
    meaning: "The params do not fit the executor's schema.",
    when: "A task is created or triggered with params its executor refuses.",
    remedy: "Read `details.issues`; the executor's JSON Schema is at `GET /api/v1/executors`.",
  },
  EXECUTOR_NOT_FOUND: {
    meaning: "No worker ever published an executor of this type.",
    when: "A task or run names a type nobody registered.",
    remedy: "Register the executor, start a worker that has it, or correct the type.",
  },
  INVALID_TRIGGER: {
    meaning: "The trigger cannot be understood or can never fire.",
    when: "A cron is impossible, a zone is unknown, a duration is malformed.",
    remedy: "Read `details.issues`; try `POST /api/v1/schedules/preview`.",
  },
  IN_THE_PAST: {
    meaning: "The instant has already passed, beyond its grace.",
    when: "An `at` trigger names a moment that is over.",
    remedy: "Give a future instant, or use the `immediate` trigger.",
  },
  NOT_FOUND: {
    meaning: "There is no such thing, or it is not yours.",
    when: "An id, a name or a path is unknown, or belongs to another user.",
    remedy: "Check the id, or list what there is; `/docs` shows every path.",
  },
  METHOD_NOT_ALLOWED: {
    meaning: "The path exists, but not with this method.",
    when: "For example PUT to a path that takes GET and POST.",
    remedy: "Use one of `details.allowed`, which the header `Allow` names too; `/docs` shows every path.",
  },
  ALREADY_EXISTS: {
    meaning: "The name, externalId or dedup key is taken.",
    when: "Something with the same unique name exists for this owner, or a run has the key and `onConflict` is `reject`.",
    remedy: "Use the existing one (`details.id`), another externalId, or upsert by externalId.",
  },
  ILLEGAL_TRANSITION: {
    meaning: "The thing is in a state in which this cannot be done.",
    when: "For example resuming a task that is not paused.",
    remedy: "Read `details.status` and decide anew.",
  },
  OVERLAP: {
    meaning: "A live run of the task exists and its overlap policy says skip.",
    when: "A trigger call meets a run that has not ended.",
    remedy: 'Wait for `details.runId`, cancel it, or trigger with `overlap: "allow"`.',
  },
  TASK_PAUSED: {
    meaning: "The task is paused and starts nothing.",
    when: "A paused task is triggered without `force`.",
    remedy: "Resume the task, or trigger with `force: true`.",
  },
  NOT_PAUSABLE: {
    meaning: "What runs cannot be stopped for a while.",
    when: "A running run has no checkpoint and is not in a process of its own.",
    remedy: "Use `ctx.checkpoint()` or isolation `process`, or cancel it.",
  },
  NOTHING_LEFT_TO_RUN: {
    meaning: "The moment of a one-off passed while it was paused.",
    when: "Such a task is resumed.",
    remedy: 'Resume with `from: "paused-at"`, or trigger it now.',
  },
  DEPENDENCY_NOT_FOUND: {
    meaning: "The task depends on a task that does not exist, or is not yours.",
    when: "A task is saved whose `dependsOn` names an unknown task.",
    remedy: "Correct the ids that `details.issues` names.",
  },
  DEPENDENCY_CYCLE: {
    meaning: "Tasks would wait for each other for ever.",
    when: "A task is saved whose `dependsOn` leads back to itself.",
    remedy: "Remove one of the dependencies in `details.cycle`.",
  },
  REVISION_MISMATCH: {
    meaning: "Somebody changed the task after you read it.",
    when: "`If-Match` names another revision than the present one.",
    remedy: "Read the task again and repeat the edit.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    meaning: "The Idempotency-Key was used for a different request.",
    when: "The same key arrives with another body within 24 hours.",
    remedy: "Use a new key for a new request.",
  },
  PAYLOAD_TOO_LARGE: {
    meaning: "A body, params, result or step is larger than its limit.",
    when: "See `GET /api/v1/limits`.",
    remedy: "Store the large thing elsewhere and pass a reference.",
  },
  FORBIDDEN: {
    meaning: "You may not do this.",
    when: "The request came under a foreign `Host` or from another web origin, a program is not among those that may be run, or the caller's role does not reach.",
    remedy: "Call the server by the URL it printed; allow programs with `--allow-commands` at `rota serve`.",
  },
  UNAUTHENTICATED: {
    meaning: "The call carries no valid credentials.",
    when: "A server that needs keys is called without one, or with one that is mistyped, unknown, revoked or expired.",
    remedy: "Send `Authorization: Bearer <key>`; an administrator makes one with `rota keys create`.",
  },
  RATE_LIMITED: {
    meaning: "This caller asks too often.",
    when: "A key has used up its requests of this minute, or an address has shown too many wrong keys.",
    remedy: "Repeat the call after `Retry-After`.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning: "The body is not JSON.",
    when: "A request body arrives as anything but application/json.",
    remedy: "Send `Content-Type: application/json`.",
  },
  ADDRESS_REFUSED: {
    meaning: "The URL points to an address Rota must not call.",
    when: "The resolved address is link-local, metadata, or private where that is not allowed.",
    remedy:
      "Use a public address, or list the host in `--outbound-allow` (createRota: `outbound.allowHosts`).",
  },
  TIMEOUT: {
    meaning: "An attempt took longer than its timeout.",
    when: "The attempt reaches `timeout`.",
    remedy: "Raise the timeout or make the work shorter.",
  },
  DEADLINE: {
    meaning: "The whole run took longer than its deadline.",
    when: "The run reaches `deadline`, whatever it is doing.",
    remedy: "Raise the deadline, or look at what held the run (`explain`).",
  },
  EXPIRED: {
    meaning: "The run never began before it expired.",
    when: "A pending run reaches `expireAfter`.",
    remedy: "Add workers or raise `expireAfter`.",
  },
  CANCELLED: {
    meaning: "Somebody or something asked the run to stop.",
    when: "A user, an overlap rule, a parent or a shutdown cancelled it; `cancel.cause` says which.",
    remedy: "Retry the run if it should be done after all.",
  },
  EXECUTION_FAILED: {
    meaning: "The executor failed.",
    when: "The code threw, or returned a failure.",
    remedy: "Read `error.details` and the run's logs.",
  },
  NON_RETRYABLE: {
    meaning: "The executor failed and said that a repeat is useless.",
    when: "The code threw NonRetryableError.",
    remedy: "Mend the cause, then retry by hand.",
  },
  RESULT_TOO_LARGE: {
    meaning: "The result is larger than its limit.",
    when: "An executor returns more than the limit (1 MiB by default).",
    remedy: "Store it elsewhere and return a reference.",
  },
  RESULT_NOT_SERIALIZABLE: {
    meaning: "The result cannot be written as JSON.",
    when: "An executor returns a cycle, a BigInt or a function.",
    remedy: "Return plain JSON data.",
  },
  WORKER_LOST: {
    meaning: "The process that ran it died, at least three times.",
    when: "Three processes died while the run was at work, the last one with no other run in it that had been at work at two deaths (poison message).",
    remedy: "Look for what kills the process; retry by hand afterwards.",
  },
  OUTCOME_UNKNOWN: {
    meaning: "The worker died and the work must not be repeated by itself.",
    when: 'An executor with `onInterrupted: "fail"` loses its worker.',
    remedy: "Find out whether the effect happened, then retry by hand if it did not.",
  },
  DEPENDENCY_FAILED: {
    meaning: "A run this one waits for did not complete.",
    when: 'A dependency ends otherwise and `onDependencyFailure` is "fail".',
    remedy: "Retry the dependency, then this run.",
  },
  SECRET_NOT_FOUND: {
    meaning: "A secret the params refer to is not known to the worker.",
    when: "`{$secret: NAME}` cannot be resolved at the claim.",
    remedy: "Set `ROTA_SECRET_NAME` for the worker.",
  },
  LEDGER_UNAVAILABLE: {
    meaning: "The server or its database cannot be reached; nothing was changed.",
    when: "The server or the database is down, closing, or does not answer.",
    remedy: "See that the server runs, and repeat the call after `Retry-After`.",
  },
  LEDGER_INACCESSIBLE: {
    meaning: "There can be no database where one is asked for; nothing was changed.",
    when: "At start: the folder is missing, the path is a folder, or this user may not read and write there.",
    remedy: "Do what the message says, or choose another place with `--database`.",
  },
  LEDGER_FULL: {
    meaning: "The disk is full; nothing was changed.",
    when: "The database cannot grow.",
    remedy: "Free space; Rota goes on by itself.",
  },
  LEDGER_CORRUPT: {
    meaning: "The database file is damaged or incomplete.",
    when: "At start: a bad header, failed check, or a missing WAL.",
    remedy:
      "Restore a copy: of the closed file, or of the file and its -wal taken together while nobody wrote.",
  },
  LEDGER_TOO_NEW: {
    meaning: "The database was written by a newer Rota.",
    when: "At start: its schema names a newer release as the oldest that may use it.",
    remedy: "Upgrade this installation.",
  },
  LEDGER_LOCKED: {
    meaning: "Another process owns this database file.",
    when: "At start: the lock beside the file is held.",
    remedy: "Use the running server (`details.url`), or stop it first.",
  },
  OVERLOADED: {
    meaning: "More is being asked than can be taken now; nothing was changed.",
    when: "The write queue, or the number of requests in hand, is at its bound.",
    remedy: "Repeat the call after `Retry-After`.",
  },
  CLOSED: {
    meaning: "This Rota has been stopped.",
    when: "A call arrives after `stop()`.",
    remedy: "Create a new one.",
  },
  NOT_STARTED: {
    meaning: "This Rota does not work on runs.",
    when: "The result of a run that has not ended is awaited from a Rota with `start: false`, and no other process can perform the run.",
    remedy: "Call `start()` first.",
  },
  CONFIG_INVALID: {
    meaning: "A configuration value is wrong.",
    when: "At start: a flag, variable or file holds something unknown or out of range.",
    remedy: "Correct the named key.",
  },
  INTERNAL: {
    meaning: "Rota made a mistake.",
    when: "An invariant of the program is broken.",
    remedy: "Report it with the log lines around it.",
  },
} as const satisfies Record<string, ErrorPage>;

/** A stable code, UPPER_SNAKE; new codes may be added, none changes its meaning. */
export type ErrorCode = keyof typeof errorCatalogue;

/** One thing that is wrong with an input: where, a short code, and a sentence for people. */
export interface Issue {
  /** Dotted path, for example `trigger.expression` or `items.3.name`; empty for the whole input. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface RotaErrorOptions {
  /** Safe to show to the caller. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Whether repeating the same call later can succeed. @default false */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

const brand = Symbol.for("rota.error");

/**
 * Every refusal and failure Rota itself reports: a stable `code`, a `message` for people, `details` safe to show.
 *
 * Use {@link RotaError.isInstance}, not `instanceof`: a program can hold two copies of this library.
 */
export class RotaError extends Error {
  override readonly name: string = "RotaError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, options: RotaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
  }

  /** Whether a value is such an error, made by this or by another copy of the library. */
  static isInstance(value: unknown): value is RotaError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** Refuses an input, naming every problem. */
export function validationFailed(issues: readonly Issue[], code: ErrorCode = "VALIDATION_FAILED"): RotaError {
  const first = issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const message = first
    ? `${first.path ? `${first.path}: ` : ""}${first.message}${more}`
    : "the input is not valid";
  return new RotaError(code, message, { details: { issues } });
}

/** Something readable for whatever was thrown; never throws itself, whatever that is. */
export function textOfThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return "something that has no text";
  }
}

export function notFound(kind: string, id: string): RotaError {
  return new RotaError("NOT_FOUND", `${kind} ${id} not found`, { details: { kind, id } });
}

/** Thrown by executors: a repeat is useless, the run fails at once (`NON_RETRYABLE`). */
export class NonRetryableError extends Error {
  override readonly name: string = "NonRetryableError";
}

/**
 * Thrown by executors: try again, but not before `delayMs` milliseconds have passed. It counts as a failed attempt.
 *
 * @param delayMs - milliseconds, 0 or more; any other number is passed over for the retry policy's own delay
 */
export class RetryAfterError extends Error {
  override readonly name: string = "RetryAfterError";
  readonly delayMs: number;

  constructor(message: string, delayMs: number, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.delayMs = delayMs;
  }
}
