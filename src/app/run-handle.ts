// A handle on one run: cheap to make, asks only when asked.

import { errorCatalogue, RotaError, validationFailed, type ErrorCode } from "../domain/errors.ts";
import type { IdCodec, Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { RunStatus } from "../domain/run-state.ts";
import type { RunService, StartedRun } from "../engine/run-service.ts";

/** What all handles of a Rota share. */
interface HandleParts {
  readonly ids: IdCodec;
  readonly runs: RunService;
  readonly isClosed: () => boolean;
}

/** What `trigger` gives back. `Output` is what the executor returns. */
export class RunHandle<Output = Json> {
  readonly #ids: IdCodec;
  readonly #runs: RunService;
  readonly #isClosed: () => boolean;
  readonly #key: Key;
  /** As it was when the run was stored; for the present one ask `rota.runs.get`. */
  readonly status: RunStatus;
  /** True when the run had the `dedup` or `debounce` key already, and no new one was made. */
  readonly deduplicated: boolean;

  constructor({ ids, runs, isClosed }: HandleParts, { runKey, status, isExisting }: StartedRun) {
    this.#ids = ids;
    this.#runs = runs;
    this.#isClosed = isClosed;
    this.#key = runKey;
    this.status = status;
    this.deduplicated = isExisting;
  }

  /** The run's id, as `rota.runs.get` takes it. */
  get id(): string {
    return this.#ids.encode("run", this.#key);
  }

  /**
   * What the run returned, once it has completed.
   *
   * Waiting keeps the process alive.
   *
   * @param options.timeoutMs - how long to wait, in milliseconds, 0 or more. @default 60,000
   * @throws CANCELLED when the run was cancelled
   * @throws the code of the run's own error when it ended otherwise, EXECUTION_FAILED where that is none of Rota's;
   *   `details` hold its status and its own error
   * @throws TIMEOUT when it has not ended in time; it goes on
   * @throws NOT_STARTED when it has not ended and nobody works on it: this Rota was created with `start: false`
   * @throws CLOSED when this Rota is stopped meanwhile; the run stays in the database
   * @throws NOT_FOUND when it was cleaned up meanwhile
   */
  async result(options: { readonly timeoutMs?: number } = {}): Promise<Output> {
    const { timeoutMs = 60_000 } = options;
    if (!(timeoutMs >= 0)) {
      const message = `expected milliseconds, 0 or more, got ${String(timeoutMs)}`;
      throw validationFailed([{ path: "timeoutMs", code: "OUT_OF_RANGE", message }]);
    }
    this.#refuseClosed();
    const run = await this.#runs.waitForEnd(this.#key, timeoutMs);
    // What the executor returned, through JSON: Output by the promise of its types.
    if (run.status === "completed") return run.result?.data as Output;
    if (run.finishedAtMs === undefined) {
      this.#refuseClosed();
      if (!this.#runs.canEnd) {
        throw new RotaError(
          "NOT_STARTED",
          `run ${this.id} is ${run.status}, and this Rota does not work on runs; call start() first`,
        );
      }
      throw new RotaError("TIMEOUT", `run ${this.id} has not ended in ${timeoutMs} ms; it is ${run.status}`, {
        retryable: true,
      });
    }
    const error = run.result?.error;
    throw new RotaError(
      run.status === "cancelled" ? "CANCELLED" : codeOf(error?.code),
      `run ${this.id} ${run.status}${error ? `: ${error.message}` : ""}`,
      {
        details: { status: run.status, ...(error ? { error } : {}) },
      },
    );
  }

  #refuseClosed(): void {
    if (this.#isClosed()) throw new RotaError("CLOSED", "this Rota has been stopped");
  }

  /**
   * Asks the run to stop; the request is committed when this resolves, the run ends when its code has. A run that has
   * ended already stays as it is.
   *
   * @throws NOT_FOUND when it was cleaned up meanwhile
   * @throws CLOSED after the Rota was stopped
   */
  async cancel(options: { readonly reason?: string } = {}): Promise<void> {
    this.#refuseClosed();
    await this.#runs.cancel(this.#key, options, "local");
  }

  toJSON(): { readonly id: string; readonly status: RunStatus } {
    return { id: this.id, status: this.status };
  }
}

function codeOf(code: string | undefined): ErrorCode {
  // Own property of the catalogue: it is one of its codes.
  return code !== undefined && Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : "EXECUTION_FAILED";
}
