// The ledger's verbs on runs, asked over the channel.

import type { RunHistoryEvent } from "../../domain/event.ts";
import type { Key } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { defaultLimits } from "../../domain/limits.ts";
import type { Attempt, CancelRequest, Run } from "../../domain/run.ts";
import type { PausedBy } from "../../domain/task.ts";
import type { StepRecord } from "../../ports/executor.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type {
  AddReply,
  AddTogetherReply,
  AppendLimits,
  ClaimReply,
  ClaimRequest,
  LogEntry,
  NewRun,
  OutputEntry,
  RunAppend,
  RunCounts,
  RunFacts,
  RunLedger,
  RunQuery,
  RunReply,
  SettleReply,
  Settlement,
  SlotOffer,
} from "../../ports/run-ledger.ts";
import type { Asking } from "./channel.ts";
import { addRuns, noRuns, toAddReplies } from "./columns/add-columns.ts";
import { toClaimedRuns } from "./columns/claimed-columns.ts";
import { toSettleColumns, toSettleReplies } from "./columns/settle-columns.ts";

export class RunClient implements RunLedger {
  readonly #channel: Asking;

  constructor(channel: Asking) {
    this.#channel = channel;
  }

  add(runs: readonly NewRun[], nowMs: number, offer?: SlotOffer): Promise<readonly AddReply[]> {
    return this.#channel.add(runs, nowMs, offer);
  }

  async addTogether(runs: readonly NewRun[], nowMs: number): Promise<AddTogetherReply> {
    const columns = noRuns(undefined);
    addRuns(columns, runs, nowMs);
    const reply = await this.#channel.call("addTogether", [columns], runs.length);
    if ("refusal" in reply) return { ok: false, ...reply };
    const added = toAddReplies(reply, runs.length, this.#channel.definition);
    return { ok: true, runs: added.filter((each) => each.ok) };
  }

  async claim(request: ClaimRequest, nowMs: number): Promise<ClaimReply> {
    const { runs, more, retryAtMs } = await this.#channel.call("claim", [request, nowMs]);
    return {
      runs: toClaimedRuns(runs, this.#channel.definition),
      more,
      ...(retryAtMs === undefined ? {} : { retryAtMs }),
    };
  }

  async settle(settlements: readonly Settlement[], nowMs: number): Promise<readonly SettleReply[]> {
    const column = await this.#channel.call(
      "settle",
      [toSettleColumns(settlements), nowMs],
      settlements.length,
    );
    return toSettleReplies(column, settlements.length);
  }

  append(
    appends: readonly RunAppend[],
    nowMs: number,
    limits: AppendLimits = defaultLimits,
  ): Promise<readonly boolean[]> {
    return this.#channel.call("append", [appends, { nowMs, limits }], appends.length);
  }

  saveStep(runKey: Key, claim: number, step: StepRecord, _nowMs: number): Promise<boolean> {
    return this.#channel.call("saveStep", [runKey, claim, step]);
  }

  steps(runKey: Key): Promise<readonly StepRecord[]> {
    return this.#channel.call("steps", [runKey]);
  }

  cancel(
    target: Parameters<RunLedger["cancel"]>[0],
    request: CancelRequest,
    nowMs: number,
  ): Promise<readonly RunReply[]> {
    return this.#channel.call("cancel", [target, request, nowMs]);
  }

  pause(runKey: Key, by: PausedBy, isPausable: boolean, nowMs: number): Promise<RunReply> {
    return this.#channel.call("pause", [runKey, by, { isPausable, nowMs }]);
  }

  confirmPause(
    runKey: Key,
    claim: number,
    timeoutLeftMs: number | undefined,
    nowMs: number,
  ): Promise<boolean> {
    return this.#channel.call("confirmPause", [runKey, claim, { timeoutLeftMs, nowMs }]);
  }

  resume(runKey: Key, nowMs: number): Promise<RunReply> {
    return this.#channel.call("resume", [runKey, nowMs]);
  }

  answer(
    runKey: Key,
    answer: { readonly answer: Json } | { readonly signal: string; readonly payload: Json },
    nowMs: number,
  ): Promise<RunReply> {
    return this.#channel.call("answer", [runKey, answer, nowMs]);
  }

  releaseDue(
    nowMs: number,
    limit: number,
    except: readonly Key[] = [],
  ): Promise<{ readonly released: number; readonly nextTimerAtMs?: number }> {
    return this.#channel.call("releaseDue", [nowMs, { limit, except }]);
  }

  get(key: Key): Promise<Run | undefined> {
    return this.#channel.call("readRun", [key]);
  }

  list(query: RunQuery): Promise<Page<Run>> {
    return this.#channel.call("listRuns", [query]);
  }

  counts(filter?: { readonly taskKey?: Key; readonly userId?: string }): Promise<RunCounts> {
    return this.#channel.call("counts", [filter]);
  }

  facts(key: Key): Promise<RunFacts | undefined> {
    return this.#channel.call("facts", [key]);
  }

  history(key: Key): Promise<readonly RunHistoryEvent[]> {
    return this.#channel.call("history", [key]);
  }

  attempts(key: Key): Promise<readonly Attempt[]> {
    return this.#channel.call("attempts", [key]);
  }

  logs(key: Key, page: PageRequest): Promise<Page<LogEntry>> {
    return this.#channel.call("logs", [key, page]);
  }

  output(key: Key, page: PageRequest): Promise<Page<OutputEntry>> {
    return this.#channel.call("output", [key, page]);
  }
}
