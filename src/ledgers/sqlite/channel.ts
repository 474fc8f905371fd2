// Collects the verbs asked in one turn into batches, and hands their answers out.

import { RotaError } from "../../domain/errors.ts";
import type { Key } from "../../domain/ids.ts";
import type { TaskDefinition } from "../../domain/task.ts";
import type { AddReply, NewRun, SlotOffer } from "../../ports/run-ledger.ts";
import type { CallStep } from "./access-verbs/calls.ts";
import { addRuns, noRuns, toAddReplies, type AddColumns, type AddedColumns } from "./columns/add-columns.ts";
import { toError } from "./failure.ts";
import { KnownDefinitions } from "./known-definitions.ts";
import type { Batch, BatchReply, Command, Reply, StoreHost, VerbName } from "./protocol.ts";
import type { PackedNote } from "./state/note-builder.ts";
import type { Verbs } from "./verbs.ts";

/** Batches on their way at once: one is committed while the next is read. */
const mostInFlight = 2;
/** Commands of a batch; more wait for the next, so that one transaction does not keep all waiting. */
const mostTogether = 2000;

export interface ChannelOptions {
  readonly host: StoreHost;
  /** Calls back at the end of the turn, where batches are cut. */
  readonly endOfTurn: (act: () => void) => void;
  /** Rows and commands that may wait; more are refused as OVERLOADED. */
  readonly mostWaiting: number;
  readonly onNote: (note: PackedNote) => void;
}

interface Asked {
  readonly command: Command;
  /** The highest command that had been answered when this one was asked: what its asker could know of. */
  readonly delivered: number;
  readonly rows: number;
  readonly answer: (reply: Reply) => void;
}

/** A block of runs to which further `add` calls of this turn are merged. */
interface OpenBlock {
  readonly columns: AddColumns;
  /** Receivers of the answers, with how many runs each asked for. */
  readonly receivers: {
    readonly count: number;
    readonly resolve: (replies: readonly AddReply[]) => void;
    readonly reject: (error: Error) => void;
  }[];
}

/** The arguments of a verb, as its asker gives them. */
export type Rest<F> = F extends (tx: never, ...rest: infer R) => unknown ? R : never;

/** What the ports' clients need of a channel. */
export interface Asking {
  /** Asks for a verb; resolves after the commit that holds it. @param rows - how much it counts against the bound */
  call<V extends VerbName>(verb: V, args: Rest<Verbs[V]>, rows?: number): Promise<ReturnType<Verbs[V]>>;
  add(runs: readonly NewRun[], nowMs: number, offer: SlotOffer | undefined): Promise<readonly AddReply[]>;
  readonly definition: (key: Key, revision: number) => TaskDefinition;
}

export class Channel implements Asking {
  readonly #options: ChannelOptions;
  readonly definitions = new KnownDefinitions();
  #asked: Asked[] = [];
  #openBlock: OpenBlock | undefined;
  #waitingRows = 0;
  #inFlight = 0;
  #isCutting = false;
  #number = 0;
  #delivered = 0;
  #isClosed = false;
  #idle: (() => void)[] = [];

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Asks for a verb; resolves after the commit that holds it. @param rows - how much it counts against the bound */
  call<V extends VerbName>(
    verb: V,
    args: Rest<Verbs[V]>,
    rows = 1,
    step?: CallStep,
  ): Promise<ReturnType<Verbs[V]>> {
    this.#openBlock = undefined;
    return new Promise((resolve, reject) => {
      this.#ask(
        { verb, args, rows, step },
        (reply) => {
          if ("failure" in reply) reject(toError(reply.failure));
          else resolve(reply.value as ReturnType<Verbs[V]>); // the store answers a verb with what that verb returns
        },
        reject,
      );
    });
  }

  /** Adds runs; calls of one turn travel as one block, so that many clients that each add one cost one statement. */
  add(runs: readonly NewRun[], nowMs: number, offer: SlotOffer | undefined): Promise<readonly AddReply[]> {
    return new Promise((resolve, reject) => {
      const receiver = { count: runs.length, resolve, reject };
      const open = this.#openBlock;
      if (
        open !== undefined &&
        offer === undefined &&
        open.columns.offer === undefined &&
        this.#hasRoom(runs.length)
      ) {
        this.#waitingRows += runs.length;
        open.receivers.push(receiver);
        addRuns(open.columns, runs, nowMs);
        return;
      }
      this.#openNewBlock({ runs, nowMs, offer }, receiver);
    });
  }

  #openNewBlock(
    {
      runs,
      nowMs,
      offer,
    }: { readonly runs: readonly NewRun[]; readonly nowMs: number; readonly offer: SlotOffer | undefined },
    receiver: OpenBlock["receivers"][number],
  ): void {
    const columns = noRuns(offer);
    addRuns(columns, runs, nowMs);
    const block: OpenBlock = { columns, receivers: [receiver] };
    const isAsked = this.#ask(
      { verb: "add", args: [columns], rows: runs.length },
      (reply) => this.#answerBlock(block, reply),
      receiver.reject,
    );
    this.#openBlock = isAsked ? block : undefined;
  }

  #answerBlock({ columns, receivers }: OpenBlock, reply: Reply): void {
    // Rows merged after the first call were counted apart from the command's own.
    const merged = receivers.slice(1).reduce((sum, { count }) => sum + count, 0);
    this.#waitingRows -= merged;
    if ("failure" in reply) {
      for (const { reject } of receivers) reject(toError(reply.failure));
      return;
    }
    const added = reply.value as AddedColumns; // the store answers `add` with its columns
    const replies = toAddReplies(added, columns.taskKey.length, this.definition);
    let at = 0;
    for (const { count, resolve } of receivers) resolve(replies.slice(at, (at += count)));
  }

  readonly definition = (key: Key, revision: number): TaskDefinition => this.definitions.get(key, revision);

  /** Resolves when everything asked so far is answered; nothing more is taken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#asked.length === 0 && this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #hasRoom(rows: number): boolean {
    return this.#waitingRows === 0 || this.#waitingRows + rows <= this.#options.mostWaiting;
  }

  #ask(
    wanted: {
      readonly verb: VerbName;
      readonly args: readonly unknown[];
      readonly rows: number;
      readonly step?: CallStep | undefined;
    },
    answer: (reply: Reply) => void,
    reject: (error: Error) => void,
  ): boolean {
    const { verb, args, rows, step } = wanted;
    if (this.#isClosed) {
      reject(new RotaError("LEDGER_UNAVAILABLE", "the ledger is closed", { retryable: false }));
      return false;
    }
    if (!this.#hasRoom(rows)) {
      reject(
        new RotaError("OVERLOADED", `${this.#waitingRows} rows wait to be written`, { retryable: true }),
      );
      return false;
    }
    this.#waitingRows += rows;
    this.#asked.push({
      command: { number: (this.#number += 1), verb, args, ...(step === undefined ? {} : { step }) },
      delivered: this.#delivered,
      rows,
      answer,
    });
    if (!this.#isCutting) {
      this.#isCutting = true;
      this.#options.endOfTurn(() => {
        this.#isCutting = false;
        this.#cut();
      });
    }
    return true;
  }

  /** Sends what has collected, if the store is free enough to take it. */
  #cut(): void {
    while (this.#asked.length > 0 && this.#inFlight < mostInFlight) {
      this.#openBlock = undefined;
      const asked = this.#asked.splice(0, mostTogether);
      this.#inFlight += 1;
      void this.#send(asked, {
        commands: asked.map(({ command }) => command),
        delivered: asked[0]?.delivered ?? 0,
      });
    }
  }

  async #send(asked: readonly Asked[], batch: Batch): Promise<void> {
    let reply: BatchReply;
    try {
      reply = await this.#options.host.apply(batch);
    } catch (error) {
      const failure = {
        code: "LEDGER_UNAVAILABLE",
        message: error instanceof Error ? error.message : "the store is gone",
        details: {},
        retryable: true,
      } as const;
      reply = { replies: asked.map(() => ({ failure })), note: undefined, definitions: [] };
    }
    this.#inFlight -= 1;
    this.definitions.learn(reply.definitions);
    asked.forEach(({ rows, answer }, index) => {
      this.#waitingRows -= rows;
      answer(
        reply.replies[index] ?? {
          failure: { code: "INTERNAL", message: "the store gave no answer", details: {}, retryable: false },
        },
      );
    });
    const last = asked.at(-1)?.command.number ?? 0;
    // Not before those who were answered have run: until then they do not know of it.
    this.#options.endOfTurn(() => (this.#delivered = Math.max(this.#delivered, last)));
    if (reply.note !== undefined) this.#options.onNote(reply.note);
    this.#cut();
    if (this.#inFlight === 0 && this.#asked.length === 0)
      for (const resolve of this.#idle.splice(0)) resolve();
  }
}
