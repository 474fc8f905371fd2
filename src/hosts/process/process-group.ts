// Process groups: signals to all of a child's processes, also to those that left its group.

import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { GroupSignal } from "../../ports/processes.ts";

/**
 * The variable by which all descendants of a child are known, whatever group or parent they have given themselves. A
 * Rota within a run of another one adds to it, so that the outer finds the children of the inner.
 */
export const markVariable = "ROTA_PROCESS_GROUP";

/** Processes may fork while they are looked for; each pass finds what the one before let be born. */
const maxPasses = 5;

/** False when nobody got it: the group is gone, or the platform has no such signal. */
export function signalGroup(pid: number, signal: GroupSignal): boolean {
  if (process.platform === "win32") return signalTree(pid, signal);
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends every process that carries this mark in its environment. Linux only; elsewhere a process that leaves its group
 * also leaves our reach.
 */
export function killMarked(mark: string): void {
  if (process.platform !== "linux") return;
  for (let pass = 0; pass < maxPasses; pass++) if (killOnce(mark) === 0) return;
}

function killOnce(mark: string): number {
  let killed = 0;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !isMarked(pid, mark)) continue;
    try {
      process.kill(pid, "SIGKILL");
      killed++;
    } catch {
      // It has ended meanwhile, or has become another user's.
    }
  }
  return killed;
}

function isMarked(pid: number, mark: string): boolean {
  try {
    // The environment it was started with; the one of a zombie is empty, so that what is dead is not found again.
    return readFileSync(`/proc/${pid}/environ`, "latin1")
      .split("\0")
      .some((entry) => entry.startsWith(`${markVariable}=`) && entry.includes(mark));
  } catch {
    return false;
  }
}

/** Windows knows no groups and no stopping: a tree can only be ended. */
function signalTree(pid: number, signal: GroupSignal): boolean {
  if (signal === "SIGSTOP" || signal === "SIGCONT") return false;
  execFile("taskkill", ["/pid", String(pid), "/T", "/F"], () => undefined);
  return true;
}
