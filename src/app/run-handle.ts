// A handle on one run: cheap to make, asks only when asked.

import { errorCatalogue, RotaError, type ErrorCode } from "../domain/errors.ts";
import type { IdCodec, Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { RunStatus } from "../domain/run-state.ts";
import type { RunService, StartedRun } from "../engine/run-service.ts";

/** What `trigger` gives back. `Output` is what the executor returns. */
export class RunHandle<Output = Json> {
  readonly #ids: IdCodec;
  readonly #runs: RunService;
  readonly #key: Key;
  /** As it was when the run was stored; for the present one ask `rota.runs.get`. */
  readonly status: RunStatus;
  /** True when the run had the `dedup` or `debounce` key already, and no new one was made. */
  readonly deduplicated: boolean;

  constructor(ids: IdCodec, runs: RunService, { runKey, status, isExisting }: StartedRun) {
    this.#ids = ids;
    this.#runs = runs;
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
   * @param options.timeoutMs - how long to wait, in milliseconds. @default 60,000
   * @throws CANCELLED when the run was cancelled
   * @throws the code of the run's own error when it ended otherwise, EXECUTION_FAILED where that is none of Rota's;
   *   `details` hold its status and its own error
   * @throws TIMEOUT when it has not ended in time; it goes on
   * @throws NOT_FOUND when it was cleaned up meanwhile
   */
  async result(options: { readonly timeoutMs?: number } = {}): Promise<Output> {
    const { timeoutMs = 60_000 } = options;
    const run = await this.#runs.waitForEnd(this.#key, timeoutMs);
    // What the executor returned, through JSON: Output by the promise of its types.
    if (run.status === "completed") return run.result?.data as Output;
    if (run.finishedAtMs === undefined) {
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

  /**
   * Asks the run to stop; the request is committed when this resolves, the run ends when its code has. A run that has
   * ended already stays as it is.
   *
   * @throws NOT_FOUND when it was cleaned up meanwhile
   */
  async cancel(options: { readonly reason?: string } = {}): Promise<void> {
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
