// Entry of the process around the thread: it ends the thread at its limit of time, and itself with its parent.

import { Worker } from "node:worker_threads";
import type { Answer, Question } from "./messages.ts";

const timeoutMs = Number(process.argv[2]);
/** A thread loads JSONata before its first answer. */
const startMs = 5000;

/** Sources run as TypeScript, the package as JavaScript: the thread's file ends like this one. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "./thread-main.ts" : "./thread-main.js",
  import.meta.url,
);

let isFresh = true;
let timer: NodeJS.Timeout | undefined;
let thread = startThread();

function startThread(): Worker {
  isFresh = true;
  const started = new Worker(threadFile, { name: "rota-expressions" });
  started.on("message", (answer: Answer) => {
    isFresh = false;
    tell(answer);
  });
  started.on("error", (error: Error) => tell({ kind: "ended", reason: error.message }));
  return started;
}

function tell(answer: Answer): void {
  clearTimeout(timer);
  process.send?.(answer);
}

process.on("message", (question: Question) => {
  timer = setTimeout(
    () => {
      const late = thread;
      late.removeAllListeners();
      thread = startThread();
      tell({ kind: "ended", reason: `it took longer than ${timeoutMs / 1000} s; does it come to an end?` });
      void late.terminate();
    },
    timeoutMs + (isFresh ? startMs : 0),
  );
  thread.postMessage(question);
});
// This thread is never busy, so that it notices whatever the other one does.
process.on("disconnect", () => process.exit(0));
