// What crosses the channel between the ledger's ports and its store.

import type { CallStep } from "./access-verbs/calls.ts";
import type { Failure } from "./failure.ts";
import type { PackedNote } from "./state/note-builder.ts";
import type { SentDefinition } from "./state/sent-definitions.ts";
import type { Verbs } from "./verbs.ts";

export type VerbName = keyof Verbs;

/** One verb to be applied. Numbers grow with the order of asking. */
export interface Command {
  readonly number: number;
  readonly verb: VerbName;
  readonly args: readonly unknown[];
  /** Part of a call that may be made twice: a verb that writes is performed once for it. */
  readonly step?: CallStep;
}

/** Commands of one turn: they share a transaction. */
export interface Batch {
  readonly commands: readonly Command[];
  /** The highest command whose reply had reached its caller when this batch was cut. */
  readonly delivered: number;
}

export type Reply = { readonly value: unknown } | { readonly failure: Failure };

export interface BatchReply {
  readonly replies: readonly Reply[];
  /** Absent when nothing was written. */
  readonly note: PackedNote | undefined;
  /** Definitions that the replies refer to and that were not sent before. */
  readonly definitions: readonly SentDefinition[];
}

/** What the ledger needs of a place where a store lives: the same thread, or another one. */
export interface StoreHost {
  readonly opened: Opened;
  /** Applies batches in order; never rejects but when the store is lost. */
  apply(batch: Batch): Promise<BatchReply>;
  /** Writes a consistent copy while work goes on. */
  backup(path: string): Promise<void>;
  /** Writes the server's address into the lock, for those who find the file owned. */
  setUrl(url: string): Promise<void>;
  close(): Promise<void>;
}

/** What is known once the database is open. */
export interface Opened {
  readonly ledgerId: string;
  readonly idSeed: number;
  readonly lastTaskKey: number;
  readonly lastWorkerKey: number;
  /** The process before did not close the file: its claims are over. */
  readonly wasUnclean: boolean;
}

export interface StoreOptions {
  /** A path, or `:memory:`. */
  readonly file: string;
  readonly synchronous: "full" | "normal";
  readonly url: string | undefined;
  readonly nowMs: number;
  /** 32 random bits for a new ledger's ids, and its name. */
  readonly idSeed: number;
  readonly ledgerId: string;
}
