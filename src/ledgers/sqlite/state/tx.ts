// What every verb works with: the statements, the caches, and what the running commit collects.

import { IdCodec, KeyGenerator } from "../../../domain/ids.ts";
import type { EventType } from "../../../domain/event.ts";
import type { Key } from "../../../domain/ids.ts";
import type { Json } from "../../../domain/json.ts";
import { firstInt, int } from "../row.ts";
import type { RunRow } from "../run-row.ts";
import type { Statements } from "../statements.ts";
import { Aftermath } from "./aftermath.ts";
import { firstClaimOf } from "./birth-row.ts";
import { ClaimedRows } from "./claimed-rows.ts";
import { ErrorBook } from "./error-book.ts";
import { JournalPage } from "./journal-page.ts";
import { LaneBook } from "./lane-book.ts";
import { NoteBuilder } from "./note-builder.ts";
import { SentDefinitions } from "./sent-definitions.ts";
import { TaskCache } from "./task-cache.ts";
import { Totals } from "./totals.ts";
import { WorkerBook } from "./worker-book.ts";

/** Lives as long as the store; `reset` makes it true again after a rollback. */
export class Tx {
  readonly sql: Statements;
  readonly tasks: TaskCache;
  readonly lanes: LaneBook;
  readonly claimed: ClaimedRows;
  readonly workers: WorkerBook;
  readonly totals: Totals;
  readonly errors: ErrorBook;
  readonly journal = new JournalPage();
  readonly note = new NoteBuilder();
  readonly sent = new SentDefinitions();
  readonly after = new Aftermath();
  /** Keys of runs; they never go back, not even after a rollback. */
  readonly runKeys: KeyGenerator;
  /** Makes the text ids of workers; replaced once the ledger's seed is known. */
  ids = new IdCodec(0);
  /** The number of the command at work; see `beat`. */
  command = 0;
  /** Highest command whose reply had reached its caller when the command at work was asked. */
  delivered = 0;

  #lastBatchId: number | undefined;

  constructor(sql: Statements) {
    this.sql = sql;
    this.tasks = new TaskCache(sql);
    this.lanes = new LaneBook(sql);
    this.workers = new WorkerBook(sql);
    this.totals = new Totals(sql);
    this.errors = new ErrorBook(sql);
    this.claimed = new ClaimedRows((key, claims) => {
      const birth = sql.named("runs.birth").get(key);
      if (birth === undefined) throw new Error(`run ${key} is claimed and does not exist`);
      return firstClaimOf(birth, claims);
    });
    const row = sql.named("runs.lastKey").get();
    this.runKeys = new KeyGenerator(row === undefined ? 0 : int(row, 0));
  }

  /** Writes an event of a run, and a row of its history unless it follows from the run's rows. */
  event(
    run: RunRow,
    type: EventType,
    event: { readonly atMs: number; readonly data?: Json; readonly isDerived?: boolean },
  ): void {
    run.version += 1;
    if (event.isDerived !== true) {
      const data = event.data === undefined ? null : JSON.stringify(event.data);
      this.sql.named("history.insert").run(run.key, run.version, event.atMs, type, data);
    }
    this.journal.add(type, event.atMs, {
      taskKey: run.taskKey,
      runKey: run.key,
      seq: run.version,
      data: event.data,
    });
  }

  nextBatchId(): number {
    this.#lastBatchId ??= firstInt(this.sql.named("runs.lastBatch").get());
    this.#lastBatchId += 1;
    return this.#lastBatchId;
  }

  workerId(key: Key): string {
    return this.ids.encode("worker", key);
  }

  taskEvent(taskKey: Key, type: EventType, event: { readonly atMs: number; readonly data?: Json }): void {
    this.journal.add(type, event.atMs, { taskKey, data: event.data });
  }
}
