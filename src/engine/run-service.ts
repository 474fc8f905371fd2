// What people and programs do to runs: cancel, pause, resume, retry, answer, wait for.

import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { CancelCause, CancelRequest, Run } from "../domain/run.ts";
import { isTerminal, type RunStatus } from "../domain/run-state.ts";
import type { AddReply, RunReply } from "../ports/run-ledger.ts";
import type { EventBus } from "./event-bus.ts";
import type { EngineParts } from "./parts.ts";
import { retryOf } from "./retry-run.ts";

export interface CancelOptions {
  readonly reason?: string;
  /** Between abort and force. @default the engine's `graceMs` */
  readonly graceMs?: number;
  /** Force at once. */
  readonly force?: boolean;
  readonly cause?: CancelCause;
}

export interface PauseOptions {
  readonly reason?: string;
  readonly resumeAtMs?: number;
}

export interface StartedRun {
  readonly runKey: Key;
  readonly status: RunStatus;
  /** A run that had the key already, and not a new one (SEM 29). */
  readonly isExisting: boolean;
}

export class RunService {
  readonly #parts: EngineParts;
  readonly #bus: EventBus;
  readonly #isStarted: () => boolean;

  /** @param isStarted - whether this process works on runs */
  constructor(parts: EngineParts, bus: EventBus, isStarted: () => boolean) {
    this.#parts = parts;
    this.#bus = bus;
    this.#isStarted = isStarted;
  }

  /** Whether a run can come to its end: this process works on runs, or another one may. */
  get canEnd(): boolean {
    return this.#isStarted() || this.#parts.ledger.capabilities.sharedByProcesses;
  }

  /** @throws NOT_FOUND */
  async get(key: Key): Promise<Run> {
    const run = await this.#parts.ledger.runs.get(key);
    if (!run) throw notFound("run", this.#parts.ids.encode("run", key));
    return run;
  }

  /**
   * Asks a run to stop; the request is committed when this resolves, and stands (SEM 9). Cancelling a run that has
   * ended, or is being cancelled, changes nothing and is no error.
   *
   * @throws NOT_FOUND
   */
  async cancel(key: Key, options: CancelOptions, actor: string): Promise<Run> {
    const [reply] = await this.#parts.ledger.runs.cancel(
      { runKeys: [key] },
      this.cancelRequest(options, actor),
      this.#parts.clock.now(),
    );
    if (reply && !reply.ok && reply.error !== "NOT_FOUND") return this.get(key);
    return this.#run(key, reply);
  }

  /** A cancel as the ledger takes it. */
  cancelRequest(options: CancelOptions, actor: string): CancelRequest {
    return {
      cause: options.cause ?? "user",
      actor,
      requestedAtMs: this.#parts.clock.now(),
      graceMs: options.force ? 0 : (options.graceMs ?? this.#parts.settings.graceMs),
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    };
  }

  /**
   * Pausing again keeps the reason and `resumeAt` of before, unless it names others.
   *
   * @throws NOT_FOUND, ILLEGAL_TRANSITION (it has ended), NOT_PAUSABLE (running code that has no checkpoint)
   */
  async pause(key: Key, options: PauseOptions, actor: string): Promise<Run> {
    const run = await this.get(key);
    const info = this.#parts.executors.get(run.type) ?? (await this.#parts.ledger.workers.executor(run.type));
    const pausable = info !== undefined && (info.pausable || info.isolation === "process");
    return this.#run(
      key,
      await this.#parts.ledger.runs.pause(key, { actor, ...options }, pausable, this.#parts.clock.now()),
    );
  }

  /** @throws NOT_FOUND, ILLEGAL_TRANSITION (it is not paused) */
  async resume(key: Key, _actor: string): Promise<Run> {
    return this.#run(key, await this.#parts.ledger.runs.resume(key, this.#parts.clock.now()));
  }

  /**
   * Makes a new run that does the same again (SEM 15): same params, same nominal instant, attempt 1.
   *
   * @throws NOT_FOUND, ILLEGAL_TRANSITION (it has not ended, or its task is cancelled), TASK_PAUSED
   */
  async retry(
    key: Key,
    options: { readonly revision?: "pinned" | "latest" },
    actor: string,
  ): Promise<StartedRun> {
    const run = await this.get(key);
    if (!isTerminal(run.status)) throw this.#illegal(key, run.status);
    const task = await this.#parts.ledger.tasks.get(run.taskKey);
    if (!task) throw notFound("task", this.#parts.ids.encode("task", run.taskKey));
    const [reply] = await this.#parts.ledger.runs.add(
      [
        retryOf(run, {
          revision: options.revision === "latest" ? task.revision : run.revision,
          usesTaskParams: false,
          actor,
          nowMs: this.#parts.clock.now(),
          ids: this.#parts.ids,
        }),
      ],
      this.#parts.clock.now(),
    );
    return started(reply, this.#parts.ids.encode("task", run.taskKey), this.#parts.ids);
  }

  /** Answers a run's question, or delivers a signal. @throws NOT_FOUND, ILLEGAL_TRANSITION (it does not wait for that) */
  async answer(
    key: Key,
    answer: { readonly answer: Json } | { readonly signal: string; readonly payload: Json },
    _actor: string,
  ): Promise<Run> {
    return this.#run(key, await this.#parts.ledger.runs.answer(key, answer, this.#parts.clock.now()));
  }

  /**
   * The run when it has ended, or as it is when `timeoutMs` are over; as it is at once when nobody could end it. Holds
   * the process meanwhile.
   *
   * @throws NOT_FOUND
   */
  async waitForEnd(key: Key, timeoutMs: number): Promise<Run> {
    let stop = (): void => undefined;
    const ended = new Promise<void>((resolve) => (stop = this.#bus.onceEnded(key, resolve)));
    // Listening first and reading second: an end in between is heard.
    const run = await this.get(key).catch((error: unknown) => {
      stop();
      throw error;
    });
    if (isTerminal(run.status) || !this.canEnd) {
      stop();
      return run;
    }
    await new Promise<void>((resolve) => {
      const giveUp = this.#parts.clock.after(timeoutMs, resolve, { holdsProcess: true });
      void ended.then(() => {
        giveUp();
        resolve();
      });
    });
    stop();
    return this.get(key);
  }

  async #run(key: Key, reply: RunReply | undefined): Promise<Run> {
    if (reply?.ok) return reply.run;
    const id = this.#parts.ids.encode("run", key);
    if (!reply || reply.error === "NOT_FOUND") throw notFound("run", id);
    if (reply.error === "NOT_PAUSABLE") {
      throw new RotaError(
        "NOT_PAUSABLE",
        `run ${id} is running and its executor has no checkpoint to pause at`,
        {
          details: { status: reply.status },
        },
      );
    }
    throw this.#illegal(key, reply.status);
  }

  #illegal(key: Key, status: RunStatus): RotaError {
    return new RotaError("ILLEGAL_TRANSITION", `run ${this.#parts.ids.encode("run", key)} is ${status}`, {
      details: { status },
    });
  }
}

/** The run an add made. @throws what the ledger refused */
export function started(reply: AddReply | undefined, taskId: string, ids: EngineParts["ids"]): StartedRun {
  if (reply?.ok) return { runKey: reply.runKey, status: reply.status, isExisting: reply.isExisting === true };
  switch (reply?.error) {
    case "OVERLAP": {
      const runId = ids.encode("run", reply.runKey);
      throw new RotaError("OVERLAP", `task ${taskId} already has a live run ${runId}`, {
        details: { runId },
      });
    }
    case "DUPLICATE": {
      const runId = ids.encode("run", reply.runKey);
      throw new RotaError("ALREADY_EXISTS", `task ${taskId} already has run ${runId} under this key`, {
        details: { id: runId },
      });
    }
    case "TASK_PAUSED":
      throw new RotaError(
        "TASK_PAUSED",
        `task ${taskId} is paused; trigger it with force to run it all the same`,
      );
    case "TASK_CANCELLED":
      throw new RotaError("ILLEGAL_TRANSITION", `task ${taskId} is cancelled`, {
        details: { status: "cancelled" },
      });
    case "STALE_REVISION":
      throw new RotaError("REVISION_MISMATCH", `task ${taskId} was edited meanwhile`, { retryable: true });
    case "NOT_FOUND":
    case undefined:
      throw notFound("task", taskId);
  }
}
