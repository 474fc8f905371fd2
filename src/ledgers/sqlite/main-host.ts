// A store in the thread of its ledger: for memory, and for files whose host prefers throughput to even turns.

import { backup } from "node:sqlite";
import { Database } from "./database.ts";
import { markBackupClosed } from "./backup.ts";
import type { Batch, BatchReply, StoreHost, StoreOptions } from "./protocol.ts";

export function openOnMain(options: StoreOptions): StoreHost {
  const database = Database.open(options);
  return {
    opened: database.opened,
    apply: (batch: Batch): Promise<BatchReply> => Promise.resolve(database.store.apply(batch)),
    backup: async (path) => {
      await backup(database.connection, path);
      markBackupClosed(path);
    },
    setUrl: async (url) => database.setUrl(url),
    close: async () => database.close(),
  };
}
