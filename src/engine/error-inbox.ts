// The error inbox: what failed alike, and doing it again when its cause is mended (N15).

import { notFound, RotaError } from "../domain/errors.ts";
import type { ErrorGroup, ErrorStatus } from "../domain/error-group.ts";
import type { Key } from "../domain/ids.ts";
import { isSameJson } from "../domain/json.ts";
import type { Run } from "../domain/run.ts";
import type { Task } from "../domain/task.ts";
import type { NewRun } from "../ports/run-ledger.ts";
import type { EngineParts } from "./parts.ts";
import { retryOf } from "./retry-run.ts";
import { started } from "./run-service.ts";

export interface RetryAllOptions {
  /** The definition to run by. @default "latest": what failed was mended there */
  readonly revision?: "pinned" | "latest";
  /** Runs to retry, oldest first, 1–1000. */
  readonly limit: number;
}

export interface RetriedAll {
  /** The new runs. */
  readonly retried: readonly Key[];
  readonly refused: readonly { readonly runKey: Key; readonly error: RotaError }[];
  /** There are more than `limit`. */
  readonly more: boolean;
}

export class ErrorInbox {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** @throws NOT_FOUND */
  async get(fingerprint: string): Promise<ErrorGroup> {
    const group = await this.#parts.ledger.errors.get(fingerprint);
    if (group === undefined) throw notFound("error", fingerprint);
    return group;
  }

  /** `resolved` lets go of the failed runs; the next such failure opens it again. `muted` stays so. @throws NOT_FOUND */
  async mark(fingerprint: string, status: ErrorStatus): Promise<ErrorGroup> {
    const group = await this.#parts.ledger.errors.mark(fingerprint, status);
    if (group === undefined) throw notFound("error", fingerprint);
    return group;
  }

  /**
   * Retries the failed runs of a group that nobody has retried, in one transaction; each is accepted or refused by
   * itself. A run leaves the group with its retry, so that asking again goes on with the others.
   *
   * @throws NOT_FOUND
   */
  async retry(fingerprint: string, options: RetryAllOptions, actor: string): Promise<RetriedAll> {
    await this.get(fingerprint);
    const { ledger, ids, clock } = this.#parts;
    const { items, next } = await ledger.errors.waiting(fingerprint, { limit: options.limit });
    const failed = (await Promise.all(items.map((key) => ledger.runs.get(key)))).filter(
      (run) => run !== undefined,
    );
    const tasks = await this.#tasksOf(failed);
    const gone = failed.filter(({ taskKey }) => !tasks.has(taskKey));
    const news: NewRun[] = [];
    const asked: Run[] = [];
    for (const run of failed) {
      const task = tasks.get(run.taskKey);
      if (task === undefined) continue;
      asked.push(run);
      news.push(await this.#again(run, task, { ...options, actor }));
    }
    const replies = news.length === 0 ? [] : await ledger.runs.add(news, clock.now());
    const retried: Key[] = [];
    const refused = gone.map(({ key, taskKey }) => ({
      runKey: key,
      error: notFound("task", ids.encode("task", taskKey)),
    }));
    replies.forEach((reply, index) => {
      const run = asked[index];
      if (run === undefined) return;
      try {
        retried.push(started(reply, ids.encode("task", run.taskKey), ids).runKey);
      } catch (error) {
        if (!RotaError.isInstance(error)) throw error;
        refused.push({ runKey: run.key, error });
      }
    });
    return { retried, refused, more: next !== undefined };
  }

  async #tasksOf(runs: readonly Run[]): Promise<ReadonlyMap<Key, Task>> {
    const keys = [...new Set(runs.map(({ taskKey }) => taskKey))];
    const tasks = await Promise.all(keys.map((key) => this.#parts.ledger.tasks.get(key)));
    return new Map(tasks.filter((task) => task !== undefined).map((task) => [task.key, task]));
  }

  /** A run that had the task's own params gets those the task has now; what a caller gave for it stays. */
  async #again(
    run: Run,
    task: Task,
    { revision = "latest", actor }: RetryAllOptions & { readonly actor: string },
  ): Promise<NewRun> {
    const { ledger, ids, clock } = this.#parts;
    const isLatest = revision === "latest";
    const then = isLatest ? await ledger.tasks.definitionAt(run.taskKey, run.revision) : undefined;
    return retryOf(run, {
      revision: isLatest ? task.revision : run.revision,
      usesTaskParams: then !== undefined && isSameJson(then.params, run.params),
      actor,
      nowMs: clock.now(),
      ids,
    });
  }
}
