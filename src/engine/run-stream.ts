// Follows one run: what it reports and what happens to it, from the ledger, each time something was committed for it.

import type { RunHistoryEvent } from "../domain/event.ts";
import type { Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { Run } from "../domain/run.ts";
import { isTerminal } from "../domain/run-state.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { LogEntry, OutputEntry } from "../ports/run-ledger.ts";

/** Entries read at once. */
const pageSize = 500;

/** How far a reader has come: the last event, log line and piece of output it has. */
export interface RunPlace {
  readonly seq: number;
  readonly log: number;
  readonly output: number;
}

export type RunStreamKind = "event" | "progress" | "log" | "output";

export type RunStreamItem =
  | { readonly kind: "event"; readonly place: RunPlace; readonly event: RunHistoryEvent }
  | { readonly kind: "log"; readonly place: RunPlace; readonly entry: LogEntry }
  | { readonly kind: "output"; readonly place: RunPlace; readonly entry: OutputEntry }
  | { readonly kind: "progress"; readonly place: RunPlace; readonly progress: Json }
  | { readonly kind: "end"; readonly place: RunPlace; readonly run: Run };

export interface RunStreamParts {
  readonly ledger: Ledger;
  readonly runKey: Key;
  readonly only: ReadonlySet<RunStreamKind>;
  readonly place: RunPlace;
  /** Calls back after each commit that may have changed the run; returns how to stop. */
  readonly watch: (runKey: Key, act: () => void) => () => void;
  readonly onClose: () => void;
}

/**
 * Keeps nothing but its place: whatever was committed is read from there, so nothing can be missed or come twice. It
 * ends with the run, after everything of it; `return` ends it at once, also while `next` waits.
 */
export class RunStream implements AsyncIterableIterator<RunStreamItem> {
  readonly #parts: RunStreamParts;
  readonly #unwatch: () => void;
  /** How far it has read, and how far what was handed out goes. */
  #place: RunPlace;
  #told: RunPlace;
  #progress: string | undefined;
  #ready: RunStreamItem[] = [];
  /** Something was committed since the last look. */
  #isStale = true;
  #isEnded = false;
  #isClosed = false;
  #wake: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RunStreamParts) {
    this.#parts = parts;
    this.#place = parts.place;
    this.#told = parts.place;
    this.#unwatch = parts.watch(parts.runKey, () => {
      this.#isStale = true;
      this.#wake?.();
    });
  }

  /** How far what was handed out goes. */
  get place(): RunPlace {
    return this.#told;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next thing; waits for it. @throws LEDGER_UNAVAILABLE; may be asked again */
  next(): Promise<IteratorResult<RunStreamItem, undefined>> {
    const result = this.#turn.then(() => this.#next());
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Ends it. Idempotent. */
  async return(): Promise<IteratorResult<RunStreamItem, undefined>> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#unwatch();
      this.#parts.onClose();
      this.#wake?.();
    }
    return { done: true, value: undefined };
  }

  async #next(): Promise<IteratorResult<RunStreamItem, undefined>> {
    while (!this.#isClosed) {
      const item = this.#ready.shift();
      if (item !== undefined) {
        this.#told = item.place;
        return { done: false, value: item };
      }
      if (this.#isEnded) return this.return();
      if (this.#isStale) await this.#look();
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return { done: true, value: undefined };
  }

  /** Reads the run before what it reported: what it reports is stored before its end is, so an end seen is the last. */
  async #look(): Promise<void> {
    const { ledger, runKey, only } = this.#parts;
    this.#isStale = false;
    try {
      const [run, history] = await Promise.all([ledger.runs.get(runKey), ledger.runs.history(runKey)]);
      const logs = only.has("log") ? await this.#rest(ledger.runs.logs.bind(ledger.runs), "log") : [];
      const output = only.has("output")
        ? await this.#rest(ledger.runs.output.bind(ledger.runs), "output")
        : [];
      if (this.#isClosed) return;
      this.#tellReports(logs, output, run?.progress);
      if (only.has("event")) this.#tellEvents(history);
      if (run === undefined) this.#isEnded = true;
      else if (isTerminal(run.status)) {
        this.#isEnded = true;
        this.#ready.push({ kind: "end", place: this.#place, run });
      }
    } catch (error) {
      this.#isStale = true;
      throw error;
    }
  }

  /** Everything after the reader's place, page by page. */
  async #rest<Entry extends { readonly index: number }>(
    read: (
      key: Key,
      page: { limit: number; after: number },
    ) => Promise<{ readonly items: readonly Entry[]; readonly next?: number }>,
    kind: "log" | "output",
  ): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for (let after: number | undefined = this.#place[kind]; after !== undefined;) {
      const page: Awaited<ReturnType<typeof read>> = await read(this.#parts.runKey, {
        limit: pageSize,
        after,
      });
      entries.push(...page.items);
      after = page.next;
    }
    return entries;
  }

  #tellReports(logs: readonly LogEntry[], output: readonly OutputEntry[], progress: Json | undefined): void {
    for (const entry of logs) {
      this.#place = { ...this.#place, log: entry.index };
      this.#ready.push({ kind: "log", place: this.#place, entry });
    }
    for (const entry of output) {
      this.#place = { ...this.#place, output: entry.index };
      this.#ready.push({ kind: "output", place: this.#place, entry });
    }
    const text = JSON.stringify(progress);
    if (progress === undefined || text === this.#progress || !this.#parts.only.has("progress")) return;
    this.#progress = text;
    this.#ready.push({ kind: "progress", place: this.#place, progress });
  }

  #tellEvents(history: readonly RunHistoryEvent[]): void {
    for (const event of history) {
      if (event.seq <= this.#place.seq) continue;
      this.#place = { ...this.#place, seq: event.seq };
      this.#ready.push({ kind: "event", place: this.#place, event });
    }
  }
}
