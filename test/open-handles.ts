// Runs in every test file and fails it when it leaves something open: a server, a socket, a child, a thread, a timer.
import type { Worker } from "node:worker_threads";
import { afterAll, expect } from "vitest";

/** Kinds of resources that only remain when a test forgot to close what it opened. */
const watched = new Set([
  "FSEventWrap",
  "HTTPClientRequest",
  "MessagePort",
  "PipeServerWrap",
  "ProcessWrap",
  "StatWatcher",
  "TCPServerWrap",
  "TCPSocketWrap",
  "TLSWrap",
  "Timeout",
  "UDPWRAP",
]);

/** Closing is asynchronous in Node: this is how often, every few milliseconds, it is looked at again. */
const lookCount = 200;
const lookEveryMs = 5;

/** Threads are no resource that Node lists, but it announces each one. */
const threads = new Set<Worker>();

function countOpen(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (watched.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  counts.set("Worker", threads.size);
  return counts;
}

function leftOpen(): string[] {
  return [...countOpen()].flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0);
    return more > 0 ? [`${more} × ${kind}`] : [];
  });
}

/** Taken before the test file is loaded; what vitest itself opens later is gone again within milliseconds. */
const before: ReadonlyMap<string, number> = countOpen();

process.on("worker", (worker) => {
  threads.add(worker);
  worker.once("exit", () => threads.delete(worker));
});

afterAll(async () => {
  for (let look = 0; look < lookCount; look++) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    if (leftOpen().length === 0) return;
  }
  expect(leftOpen(), "this test file leaves resources open; close what it opens").toEqual([]);
});
