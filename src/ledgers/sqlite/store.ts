// The part that runs SQL: one connection, one writer, whole batches in one transaction.

import type { DatabaseSync } from "node:sqlite";
import { IdCodec } from "../../domain/ids.ts";
import { once } from "./access-verbs/calls.ts";
import { toFailure } from "./failure.ts";
import type { Batch, BatchReply, Command, Opened, Reply } from "./protocol.ts";
import { int, text } from "./row.ts";
import { readClaimed } from "./state/locate.ts";
import { joinNotes, type PackedNote } from "./state/note-builder.ts";
import { pageSize } from "./state/journal-page.ts";
import { Tx } from "./state/tx.ts";
import { Statements, type Probe } from "./statements.ts";
import { Undone } from "./undone.ts";
import { reads, writes } from "./verbs.ts";

type AnyVerb = (tx: Tx, ...args: unknown[]) => unknown;

// The ports' side only sends what the types of `Verbs` allow, so the arguments fit their verb.
const writeVerbs = writes as Readonly<Record<string, AnyVerb>>;
const readVerbs = reads as Readonly<Record<string, AnyVerb>>; // as above

export class Store {
  readonly #db: DatabaseSync;
  readonly #tx: Tx;
  /** Position of the next event of the feed. */
  #nextPosition: number;

  constructor(db: DatabaseSync, probe?: Probe) {
    this.#db = db;
    this.#tx = new Tx(new Statements(db, probe));
    readClaimed(this.#tx);
    this.#nextPosition = this.#readNextPosition();
  }

  get tx(): Tx {
    return this.#tx;
  }

  /** Reads who this ledger is; a new one gets the name and seed it is offered. */
  identify(offered: { readonly ledgerId: string; readonly idSeed: number }): Omit<Opened, "wasUnclean"> {
    const { sql } = this.#tx;
    const get = sql.named("store.getMeta");
    if (get.get("ledger_id") === undefined) {
      // Both or none: with one of them alone the file could never be opened again.
      sql.named("store.begin").run();
      sql.named("store.setMeta").run("ledger_id", offered.ledgerId);
      sql.named("store.setMeta").run("id_seed", offered.idSeed);
      sql.named("store.commit").run();
    }
    const idSeed = int(get.get("id_seed") ?? [], 0);
    this.#tx.ids = new IdCodec(idSeed);
    return {
      ledgerId: text(get.get("ledger_id") ?? [], 0),
      idSeed,
      lastTaskKey: int(sql.named("tasks.lastKey").get() ?? [], 0),
      lastWorkerKey: int(sql.named("workers.lastKey").get() ?? [], 0),
    };
  }

  /**
   * Applies a batch in one transaction and one fsync. When a verb throws, the whole is rolled back and each is applied
   * by itself, so that none can undo another's.
   */
  apply(batch: Batch): BatchReply {
    this.#tx.delivered = batch.delivered;
    const together = this.#attempt(batch.commands);
    if (together.ok || batch.commands.length === 1)
      return this.#answer(together.replies, together.ok ? [together.note] : []);
    const each = batch.commands.map((command) => this.#attempt([command]));
    return this.#answer(
      each.flatMap(({ replies }) => replies),
      each.map((one) => (one.ok ? one.note : undefined)),
    );
  }

  #answer(replies: readonly Reply[], notes: readonly (PackedNote | undefined)[]): BatchReply {
    const written = notes.filter((note) => note !== undefined);
    return { replies, note: joinNotes(written), definitions: this.#tx.sent.take() };
  }

  #attempt(commands: readonly Command[]): {
    readonly ok: boolean;
    readonly replies: readonly Reply[];
    readonly note: PackedNote | undefined;
  } {
    const isWrite = commands.some(({ verb }) => verb in writeVerbs);
    try {
      if (isWrite) this.#tx.sql.named("store.begin").run();
      const replies = commands.map((command) => ({ value: this.#run(command) }));
      return { ok: true, replies, note: isWrite ? this.#commit() : undefined };
    } catch (error) {
      if (isWrite) this.#rollback();
      // Among others it is rolled back with them, and then applied by itself.
      if (error instanceof Undone && commands.length === 1)
        return { ok: false, replies: [{ value: error.answer }], note: undefined };
      const failure = toFailure(error);
      return { ok: false, replies: commands.map(() => ({ failure })), note: undefined };
    }
  }

  #run({ verb, args, number, step }: Command): unknown {
    this.#tx.command = number;
    const act = writeVerbs[verb] ?? readVerbs[verb];
    if (act === undefined) throw new Error(`there is no verb ${verb}`);
    // Whoever asks a reading verb again wants to know what is true now.
    if (step === undefined || !(verb in writeVerbs)) return act(this.#tx, ...args);
    return once(this.#tx, step, () => act(this.#tx, ...args));
  }

  #commit(): PackedNote {
    const tx = this.#tx;
    const pages: (readonly [number, string])[] = [];
    tx.errors.write();
    tx.totals.write();
    const count = tx.journal.size;
    if (count > 0) {
      const { atMs, events } = tx.journal.take();
      tx.sql.named("store.insertPage").run(this.#nextPosition, atMs, events);
      pages.push([this.#nextPosition, events]);
    }
    tx.sql.named("store.commit").run();
    this.#nextPosition += count;
    return tx.note.take(pages);
  }

  /** Undoes what the transaction wrote and makes the caches true again. */
  #rollback(): void {
    const tx = this.#tx;
    // After some errors SQLite has rolled back by itself; a second rollback is then an error of its own.
    if (this.#db.isTransaction) tx.sql.named("store.rollback").run();
    tx.tasks.clear();
    tx.lanes.clear();
    tx.workers.clear();
    tx.totals.clear();
    tx.errors.clear();
    tx.journal.clear();
    tx.note.clear();
    tx.after.clear();
    tx.sent.clear();
    readClaimed(tx);
  }

  #readNextPosition(): number {
    const row = this.#tx.sql.named("store.lastPage").get();
    return row === undefined ? 1 : int(row, 0) + pageSize(text(row, 1));
  }
}
