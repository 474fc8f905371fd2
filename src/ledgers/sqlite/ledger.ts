// The SQLite ledger as the engine sees it: the ports over one channel to the store.

import { KeyGenerator } from "../../domain/ids.ts";
import type { AuditLedger } from "../../ports/audit-ledger.ts";
import type { CallLedger, RepeatableCall } from "../../ports/call-ledger.ts";
import type { FeedLedger } from "../../ports/feed-ledger.ts";
import type { CommitNote, Ledger, LedgerCapabilities, LedgerIdentity } from "../../ports/ledger.ts";
import type { MaintenanceLedger } from "../../ports/maintenance-ledger.ts";
import { AccessClient } from "./access-client.ts";
import { BackfillClient } from "./backfill-client.ts";
import { Channel } from "./channel.ts";
import { ErrorClient } from "./error-client.ts";
import type { StoreHost } from "./protocol.ts";
import { RememberingChannel } from "./remembering-channel.ts";
import { RunClient } from "./run-client.ts";
import { unpackPage } from "./state/journal-page.ts";
import type { PackedNote } from "./state/note-builder.ts";
import { TaskClient } from "./task-client.ts";
import { WorkerClient } from "./worker-client.ts";

interface Listener {
  readonly listen: (note: CommitNote) => void;
  readonly wantsEvents: boolean;
}

export interface SqliteLedgerOptions {
  readonly host: StoreHost;
  readonly endOfTurn: (act: () => void) => void;
  readonly mostWaiting: number;
}

export class SqliteLedger implements Ledger {
  readonly capabilities: LedgerCapabilities = { claimsFromHead: true, sharedByProcesses: false };
  readonly identity: LedgerIdentity;
  readonly tasks: TaskClient;
  readonly runs: RunClient;
  readonly workers: WorkerClient;
  readonly backfills: BackfillClient;
  readonly errors: ErrorClient;
  readonly access: AccessClient;
  readonly audit: AuditLedger;
  readonly calls: CallLedger;
  readonly feed: FeedLedger;
  readonly maintenance: MaintenanceLedger;
  /** The process before did not close the file; its claims should be recovered at once (SEM 11). */
  readonly wasUnclean: boolean;
  readonly #host: StoreHost;
  readonly #channel: Channel;
  readonly #taskKeys: KeyGenerator;
  readonly #workerKeys: KeyGenerator;
  #listeners: readonly Listener[] = [];
  #closing: Promise<void> | undefined;

  constructor({ host, endOfTurn, mostWaiting }: SqliteLedgerOptions) {
    const { ledgerId, idSeed, lastTaskKey, lastWorkerKey, wasUnclean } = host.opened;
    const channel = new Channel({ host, endOfTurn, mostWaiting, onNote: (note) => this.#tell(note) });
    this.#host = host;
    this.#channel = channel;
    this.identity = { ledgerId, idSeed };
    this.wasUnclean = wasUnclean;
    this.#taskKeys = new KeyGenerator(lastTaskKey);
    this.#workerKeys = new KeyGenerator(lastWorkerKey);
    this.tasks = new TaskClient(channel, this.#taskKeys);
    this.runs = new RunClient(channel);
    this.workers = new WorkerClient(channel, this.#workerKeys);
    this.backfills = new BackfillClient(channel);
    this.errors = new ErrorClient(channel);
    this.access = new AccessClient(channel);
    this.audit = {
      record: (entry) => channel.call("recordAudit", [entry]),
      list: (query) => channel.call("listAudit", [query]),
    };
    this.calls = {
      recall: (call) => channel.call("recallCall", [call]),
      remember: (call, answer) => channel.call("rememberCall", [call, answer]),
      remembering: (call) => this.#remembering(call),
    };
    this.feed = {
      head: () => channel.call("feedHead", []),
      read: (position, limit) => channel.call("readFeed", [position, limit]),
    };
    this.maintenance = {
      sweep: (defaults, limit, nowMs) => channel.call("sweep", [defaults, limit, nowMs]),
      check: () => channel.call("check", []),
      backup: (path) => host.backup(path),
      info: () => channel.call("info", []),
    };
  }

  onCommit(listen: (note: CommitNote) => void, options?: { readonly events?: boolean }): () => void {
    const listener = { listen, wantsEvents: options?.events === true };
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Writes the server's address into the lock beside the file, for those who find it owned (SEM 34). */
  setUrl(url: string): Promise<void> {
    return this.#host.setUrl(url);
  }

  close(): Promise<void> {
    this.#closing ??= this.#channel.close().then(() => this.#host.close());
    return this.#closing;
  }

  /** The same ledger, its clients over a channel of the call's own. */
  #remembering(call: RepeatableCall): Ledger {
    const channel = new RememberingChannel(this.#channel, call);
    return {
      capabilities: this.capabilities,
      identity: this.identity,
      tasks: new TaskClient(channel, this.#taskKeys),
      runs: new RunClient(channel),
      workers: new WorkerClient(channel, this.#workerKeys),
      backfills: new BackfillClient(channel),
      errors: new ErrorClient(channel),
      access: new AccessClient(channel),
      audit: this.audit,
      calls: this.calls,
      feed: this.feed,
      maintenance: this.maintenance,
      onCommit: (listen, options) => this.onCommit(listen, options),
      setUrl: (url) => this.setUrl(url),
      close: () => this.close(),
    };
  }

  #tell(note: PackedNote): void {
    if (this.#listeners.length === 0) return;
    const {
      runnableQueues,
      nextFireAtMs,
      nextTimerAtMs,
      cancelRequested,
      pauseRequested,
      resumeRequested,
      pages,
    } = note;
    const plain: CommitNote = {
      runnableQueues,
      cancelRequested,
      pauseRequested,
      resumeRequested,
      ...(nextFireAtMs === undefined ? {} : { nextFireAtMs }),
      ...(nextTimerAtMs === undefined ? {} : { nextTimerAtMs }),
      events: [],
    };
    const wantsEvents = this.#listeners.some((listener) => listener.wantsEvents);
    const full = wantsEvents
      ? { ...plain, events: pages.flatMap(([position, events]) => unpackPage(position, events)) }
      : plain;
    for (const listener of this.#listeners) tellOne(listener, listener.wantsEvents ? full : plain);
  }
}

/** A listener that breaks must not keep the note from the others, nor pass for a failed commit. */
function tellOne({ listen }: Listener, note: CommitNote): void {
  try {
    listen(note);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
