// One attempt at a run in this process: starts the code in its host, stops it when asked, reports what became of it.

import { RotaError, validationFailed } from "../domain/errors.ts";
import type { IdCodec } from "../domain/ids.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Outcome, RunError } from "../domain/outcome.ts";
import type { CancelRequest } from "../domain/run.ts";
import type { Redactor } from "../domain/secret.ts";
import type { CancelTimer, Clock } from "../ports/clock.ts";
import type {
  Executor,
  Host,
  HostedRun,
  LogLevel,
  Resumed,
  RunServices,
  StepRecord,
} from "../ports/executor.ts";
import type { ClaimedRun, RunLedger } from "../ports/run-ledger.ts";
import type { Appender } from "./appender.ts";
import { redacted, type Secrets } from "./secrets.ts";

/** Why this process stops an attempt; decides how its end is read. */
type Stop = "cancel" | "timeout" | "shutdown" | "lost";

export interface AttemptEnvironment {
  readonly clock: Clock;
  readonly runs: RunLedger;
  readonly ids: IdCodec;
  readonly appender: Appender;
  readonly secrets: Secrets;
  readonly graceMs: number;
  /** The attempt has an outcome to be settled. */
  readonly ended: (attempt: Attempt, outcome: Outcome, stateOnly: boolean) => void;
  /** The code has returned: its slot is free. Follows `ended`; later than it only when code was abandoned. */
  readonly returned: (attempt: Attempt) => void;
}

/**
 * The life of one claim in this process.
 *
 * Whatever happens, `ended` is called exactly once and `returned` exactly once. Stopping escalates: the signal aborts
 * at once, force follows after the grace, and inline code that ignores both is abandoned (`stateOnly`).
 */
export class Attempt implements RunServices {
  readonly run: ClaimedRun;
  readonly executor: Executor;
  readonly #host: Host;
  readonly #env: AttemptEnvironment;
  #hosted: HostedRun | undefined;
  #controller: AbortController | undefined;
  #stop: Stop | undefined;
  #settled = false;
  #force: CancelTimer | undefined;
  #forceAtMs = Number.POSITIVE_INFINITY;
  #timeout: CancelTimer | undefined;
  #timeoutLeftMs: number | undefined;
  #timeoutSinceMs = 0;
  #pause: { readonly continued: Promise<void>; readonly go: () => void } | undefined;
  #pauseWanted = false;
  /** Set when the params held secrets. */
  #redactor: Redactor | undefined;

  constructor(run: ClaimedRun, executor: Executor, host: Host, env: AttemptEnvironment) {
    this.run = run;
    this.executor = executor;
    this.#host = host;
    this.#env = env;
  }

  get runId(): string {
    return this.#env.ids.encode("run", this.run.key);
  }
  get taskId(): string {
    return this.#env.ids.encode("task", this.run.taskKey);
  }
  get type(): string {
    return this.run.definition.type;
  }
  get attempt(): number {
    return this.run.attempt;
  }
  get scheduledForMs(): number {
    return this.run.scheduledForMs ?? this.run.dueAtMs;
  }
  get resumed(): Resumed | undefined {
    // Written by the ledger when the run was resumed, from this type.
    return this.run.resumed === undefined ? undefined : (JSON.parse(this.run.resumed) as Resumed);
  }
  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  /** Starts the code. Params are checked once more before the first attempt: the executor may have changed (SEM 21). */
  begin(): void {
    let params: Json;
    try {
      params =
        // Written by Rota as JSON when the run was accepted.
        this.run.params === undefined ? this.run.definition.params : (JSON.parse(this.run.params) as Json);
    } catch (error) {
      this.#finish({
        kind: "failed",
        error: refused("INVALID_PARAMETERS", `stored params are not JSON: ${String(error)}`),
      });
      this.#env.returned(this);
      return;
    }
    if (this.#env.secrets.areIn(this.run)) void this.#reveal(params);
    else this.#check(params);
  }

  /** From here on nothing that is kept of this attempt holds the secrets it was given. */
  async #reveal(params: Json): Promise<void> {
    const revealed = await this.#env.secrets.reveal(params);
    if (revealed.ok) {
      this.#redactor = revealed.redactor;
      this.#check(revealed.params);
    } else {
      this.#finish({ kind: "failed", error: revealed.error });
      this.#env.returned(this);
    }
  }

  #check(params: Json): void {
    const checked = this.executor.validate(params);
    if (checked instanceof Promise)
      void checked.then(
        (validation) => this.#launch(validation),
        (error: unknown) => this.#refuse(error),
      );
    else this.#launch(checked);
  }

  #launch(validation: Awaited<ReturnType<Executor["validate"]>>): void {
    if (!validation.ok) return this.#refuse(validationFailed(validation.issues, "INVALID_PARAMETERS"));
    if (this.#stop !== undefined) return this.#withdraw();
    const timeoutMs = this.run.definition.timeoutMs ?? this.executor.timeoutMs;
    if (timeoutMs !== undefined) this.#armTimeout(timeoutMs);
    const hosted = this.#host.run(this.executor, validation.params, this);
    this.#hosted = hosted;
    void hosted.outcome.then((outcome) => {
      this.#finish(outcome);
      this.#env.returned(this);
    });
  }

  /** Somebody asked it to stop while its params were looked at: its code, which nobody would force, is not begun. */
  #withdraw(): void {
    this.#finish({ kind: "aborted" });
    this.#env.returned(this);
  }

  #refuse(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const issues = RotaError.isInstance(error) ? (error.details["issues"] as JsonObject) : undefined; // made by validationFailed
    this.#finish({
      kind: "failed",
      error: refused("INVALID_PARAMETERS", message, issues === undefined ? undefined : { issues }),
    });
    this.#env.returned(this);
  }

  #finish(outcome: Outcome, stateOnly = false): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#timeout?.();
    this.#force?.();
    this.#env.appender.flush();
    const said = this.#redactor === undefined ? outcome : redacted(outcome, this.#redactor);
    this.#env.ended(this, this.#read(said), stateOnly);
  }

  /** A success counts whatever was asked meanwhile; anything else is what the stop makes of it. */
  #read(outcome: Outcome): Outcome {
    if (outcome.kind === "completed" || this.#stop === undefined) return outcome;
    switch (this.#stop) {
      case "cancel":
      case "lost":
        return { kind: "aborted" };
      case "timeout":
        return {
          kind: "timed-out",
          error: timeoutError(this.run.definition.timeoutMs ?? this.executor.timeoutMs ?? 0),
        };
      case "shutdown":
        return outcome.kind === "suspended" ? outcome : { kind: "interrupted", reason: "shutdown" };
    }
  }

  /** Asks the code to stop, then makes it. A second request may only shorten the grace. */
  cancel(request: CancelRequest): void {
    this.#halt("cancel", request.graceMs);
  }

  shutDown(): void {
    this.#halt("shutdown", 1000);
  }

  /** The ledger gave this claim away: what the code still does counts for nothing. */
  abandon(): void {
    this.#halt("lost", 1000);
  }

  #halt(stop: Stop, graceMs: number): void {
    if (this.#settled && stop !== "shutdown") return;
    if (this.#stop === undefined || stop === "cancel") this.#stop = stop;
    this.#timeout?.();
    this.#controller ??= new AbortController();
    if (!this.#controller.signal.aborted) this.#controller.abort(this.#reason());
    this.#pause?.go();
    if (this.#pause) void this.#hosted?.continue();
    // Each beat repeats the request: only an earlier end replaces the one that is set.
    const forceAtMs = this.#env.clock.monotonic() + graceMs;
    if (forceAtMs >= this.#forceAtMs) return;
    this.#forceAtMs = forceAtMs;
    this.#force?.();
    this.#force = this.#env.clock.after(graceMs, () => void this.#forceEnd());
  }

  async #forceEnd(): Promise<void> {
    const ended = await this.#hosted?.kill();
    if (ended === "state-only") this.#finish({ kind: "aborted", stateOnly: true }, true);
  }

  #reason(): RotaError {
    const id = this.runId;
    switch (this.#stop) {
      case "timeout":
        return new RotaError("TIMEOUT", `run ${id} took longer than its timeout`);
      case "shutdown":
      case "lost":
        return new RotaError("CANCELLED", `the worker of run ${id} is stopping`, { retryable: true });
      case "cancel":
      case undefined:
        return new RotaError("CANCELLED", `run ${id} was asked to stop`);
    }
  }

  #armTimeout(leftMs: number): void {
    this.#timeoutLeftMs = leftMs;
    this.#timeoutSinceMs = this.#env.clock.monotonic();
    this.#timeout = this.#env.clock.after(leftMs, () => this.#halt("timeout", this.#env.graceMs));
  }

  /** The clock of the timeout stands still while the run is paused (SEM 12). */
  #stopTimeout(): number | undefined {
    if (this.#timeoutLeftMs === undefined) return undefined;
    this.#timeout?.();
    const usedMs = this.#env.clock.monotonic() - this.#timeoutSinceMs;
    this.#timeoutLeftMs = Math.max(0, this.#timeoutLeftMs - usedMs);
    return this.#timeoutLeftMs;
  }

  /** Somebody wants this run to pause: a process stands still at once, other code at its next checkpoint. */
  async pause(): Promise<void> {
    if (this.#settled || this.#pause || this.#pauseWanted) return;
    this.#pauseWanted = true;
    if (await this.#hosted?.suspend()) await this.#standStill();
  }

  async #standStill(): Promise<void> {
    this.#pauseWanted = false;
    let go = (): void => undefined;
    const continued = new Promise<void>((resolve) => (go = resolve));
    this.#pause = { continued, go };
    const leftMs = this.#stopTimeout();
    const confirmed = await this.#env.runs.confirmPause(
      this.run.key,
      this.run.claim,
      leftMs,
      this.#env.clock.now(),
    );
    if (!confirmed) go();
    await continued;
    this.#pause = undefined;
    await this.#hosted?.continue();
    if (this.#timeoutLeftMs !== undefined && !this.#settled && this.#stop === undefined)
      this.#armTimeout(this.#timeoutLeftMs);
  }

  continue(): void {
    this.#pauseWanted = false;
    this.#pause?.go();
  }

  async checkpoint(): Promise<void> {
    if (this.#pauseWanted) await this.#standStill();
    if (this.#stop !== undefined) throw this.#reason();
  }

  loadSteps(): Promise<readonly StepRecord[]> {
    return this.#env.runs.steps(this.run.key);
  }

  async saveStep(step: StepRecord): Promise<void> {
    const kept = { name: step.name, result: this.#clean(step.result) };
    const saved = await this.#env.runs.saveStep(this.run.key, this.run.claim, kept, this.#env.clock.now());
    if (!saved)
      throw new RotaError(
        "CANCELLED",
        `run ${this.runId} is no longer this worker's; step ${step.name} was not kept`,
      );
  }

  progress(value: Json): void {
    this.#env.appender.progress(this.run.key, this.run.claim, this.#clean(value));
  }
  log(level: LogLevel, message: string, fields?: JsonObject): void {
    const line = { level, message: this.#clean(String(message)) };
    const full = fields === undefined ? line : { ...line, fields: this.#clean(fields) };
    this.#env.appender.log(this.run.key, this.run.claim, full);
  }
  emit(chunk: Json): void {
    this.#env.appender.emit(this.run.key, this.run.claim, this.#clean(chunk));
  }

  #clean<T extends Json>(value: T): T {
    return this.#redactor === undefined ? value : this.#redactor.json(value);
  }
}

function refused(code: "INVALID_PARAMETERS", message: string, details?: JsonObject): RunError {
  return { code, message, retryable: false, ...(details === undefined ? {} : { details }) };
}

function timeoutError(timeoutMs: number): RunError {
  return {
    code: "TIMEOUT",
    message: `the attempt took longer than its timeout of ${timeoutMs} ms`,
    retryable: true,
  };
}
