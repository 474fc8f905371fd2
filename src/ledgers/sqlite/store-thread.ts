// The store's thread: opens the database it is told to, and applies batches until it is closed.

import { backup } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { markBackupClosed } from "./backup.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Database } from "./database.ts";
import { toFailure } from "./failure.ts";
import { isGap } from "./gap.ts";
import type { StoreOptions } from "./protocol.ts";
import type { FromThread, ThreadStart, ToThread } from "./thread-messages.ts";

const port = parentPort;
if (port === null) throw new Error("the store's thread was started as a program");

const say = (message: FromThread): void => port.postMessage(message);
const start = workerData as ThreadStart; // started by thread-host.ts only
const database = open(start.options);
const checkpoints = database === undefined ? undefined : new Checkpoints(database.connection);

function open(options: StoreOptions): Database | undefined {
  try {
    const opened = Database.open(options);
    say({ kind: "opened", opened: opened.opened });
    return opened;
  } catch (error) {
    say({ kind: "refused", failure: toFailure(error) });
    port?.close();
    return undefined;
  }
}

async function answer(message: ToThread): Promise<void> {
  if (database === undefined) return;
  switch (message.kind) {
    case "batch":
      return say({ kind: "batch", reply: database.store.apply(message.batch) });
    case "backup":
      return finish("backup", async () => {
        await backup(database.connection, message.path);
        markBackupClosed(message.path);
      });
    case "url":
      return finish("url", async () => database.setUrl(message.url));
    case "close":
      await finish("close", async () => database.close());
      return port?.close();
    default:
      message satisfies never;
  }
}

async function finish(of: "backup" | "url" | "close", act: () => Promise<void>): Promise<void> {
  try {
    await act();
    say({ kind: "done", of });
  } catch (error) {
    say({ kind: "done", of, failure: toFailure(error) });
  }
}

/** Milliseconds without work after which the WAL may be written back. */
const gapMs = 5;
/** Messages heard so far. */
let heard = 0;

port.on("message", (message: ToThread) => {
  heard += 1;
  void answer(message);
  if (message.kind === "batch") checkpoints?.afterReply(() => isGap(start.posts, heard, gapMs));
});
