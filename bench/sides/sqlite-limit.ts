// Not a product: what one SQLite file allows with the driver that Rota uses, `synchronous=FULL` and group commit.
//
// Every add of one turn of the event loop shares a transaction and is acknowledged after it. No claims, retries,
// events or history: a bound, not a competitor.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Payload, Place, QueueSide } from "./side.ts";

const schema = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma wal_autocheckpoint = 4000;
  pragma cache_size = -65536;
  create table if not exists items (
    id integer primary key, name text not null, state integer not null default 0, place integer not null default 0,
    due_at integer not null, attempts integer not null default 0, lease integer, payload text not null
  );
  create index if not exists items_due on items (place, due_at, id) where state = 0;
`;

export function openQueue(place: Place): QueueSide {
  return new SqliteLimit(join(place.folder, "limit.db"));
}

interface Waiting {
  readonly payload: Payload;
  readonly done: () => void;
}

class SqliteLimit implements QueueSide {
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #begin: StatementSync | undefined;
  #insert: StatementSync | undefined;
  #commit: StatementSync | undefined;
  #waiting: Waiting[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  async reset(): Promise<void> {
    for (const end of ["", "-wal", "-shm"]) rmSync(this.#path + end, { force: true });
  }

  async open(): Promise<void> {
    this.#database = new DatabaseSync(this.#path);
    this.#database.exec(schema);
    this.#begin = this.#database.prepare("begin immediate");
    this.#commit = this.#database.prepare("commit");
    this.#insert = this.#database.prepare("insert into items (name, due_at, payload) values (?, ?, ?)");
  }

  add(payload: Payload): Promise<unknown> {
    return new Promise<void>((done) => {
      this.#waiting.push({ payload, done });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    this.#write(group.map((waiting) => waiting.payload));
    for (const { done } of group) done();
  }

  async addMany(payloads: readonly Payload[]): Promise<unknown> {
    return this.#write(payloads);
  }

  #write(payloads: readonly Payload[]): void {
    const dueAt = Date.now();
    this.#begin?.run();
    for (const item of payloads) this.#insert?.run("noop", dueAt, JSON.stringify(item));
    this.#commit?.run();
  }

  work(): Promise<void> {
    return Promise.reject(new Error("the limit has no worker"));
  }

  remaining(): Promise<number> {
    return Promise.reject(new Error("the limit has no worker"));
  }

  async close(): Promise<void> {
    this.#database?.close();
  }
}
