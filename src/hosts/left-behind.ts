// What a run left at work in its thread or process: the reason why the next one gets a fresh place.

import { readFileSync } from "node:fs";

/**
 * Kinds that can act on by themselves: timers, children, threads, servers, reads in hand. Sockets are not among them,
 * since connections kept open for the next run are what a place is used again for.
 */
const active = new Set([
  "FSReqCallback",
  "FSReqPromise",
  "Immediate",
  "MessagePort",
  "ProcessWrap",
  "TCPServerWrap",
  "PipeServerWrap",
  "Timeout",
  "Worker",
]);

function count(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (active.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Takes stock now, and tells later whether there is more. */
export class LeftBehind {
  readonly #before: ReadonlyMap<string, number> = count();

  isClean(): boolean {
    for (const [kind, now] of count()) if (now > (this.#before.get(kind) ?? 0)) return false;
    return true;
  }
}

/** Whether this process has children, also such as Node no longer knows of; always false where Linux does not tell. */
export function hasChildren(): boolean {
  try {
    return readFileSync(`/proc/self/task/${process.pid}/children`, "latin1").trim() !== "";
  } catch {
    return false;
  }
}
