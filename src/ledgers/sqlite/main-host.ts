// A store in the thread of its ledger: for memory, and for files whose host prefers throughput to even turns.

import { backup } from "node:sqlite";
import { Database } from "./database.ts";
import { markBackupClosed } from "./backup.ts";
import type { Batch, BatchReply, StoreHost, StoreOptions } from "./protocol.ts";
import type { Probe } from "./statements.ts";

export function openOnMain(options: StoreOptions, probe?: Probe): StoreHost {
  return hostOn(Database.open(options, probe), probe);
}

/** Makes an open database the store of a ledger in this thread. */
export function hostOn(database: Database, probe?: Probe): StoreHost {
  // Node closes connections when the process exits, and SQLite then removes the WAL: without the mark of a clean close
  // the file would be taken for a copy without its WAL. A kill runs nothing, and leaves the WAL.
  const closeAtExit = () => database.close();
  process.once("exit", closeAtExit);
  return {
    opened: database.opened,
    apply: (batch: Batch): Promise<BatchReply> => {
      const reply = database.store.apply(batch);
      probe?.("before reply");
      return Promise.resolve(reply);
    },
    backup: async (path) => {
      await backup(database.connection, path);
      markBackupClosed(path);
    },
    setUrl: async (url) => database.setUrl(url),
    close: async () => {
      process.off("exit", closeAtExit);
      database.close();
    },
  };
}
