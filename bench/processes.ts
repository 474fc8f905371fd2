// CPU time and memory of processes, read from /proc (Linux).

import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second as /proc counts them; the same on every Linux that Node supports. */
const ticksPerSecond = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Own time, and that of children which have ended and been waited for. */
  readonly cpuSeconds: number;
}

/** CPU seconds used so far by a process and everything it started, ended children included. */
export function cpuSecondsOfTree(root: number): number {
  const children = new Map<number, number[]>();
  const seconds = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/u.test(name)) continue;
    const times = timesOf(Number(name));
    if (!times) continue;
    seconds.set(Number(name), times.cpuSeconds);
    children.set(times.parent, [...(children.get(times.parent) ?? []), Number(name)]);
  }
  const sum = (pid: number): number =>
    (children.get(pid) ?? []).reduce((total, child) => total + sum(child), seconds.get(pid) ?? 0);
  return sum(root);
}

function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks; the fields after it are counted from 3 in proc(5).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
    return { parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond };
  } catch {
    return undefined; // it ended while we were reading
  }
}

/** CPU seconds in which any core was busy, of the whole machine since it started. */
export function busySeconds(): number {
  const fields = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "")
    .trim()
    .split(/\s+/u)
    .slice(1)
    .map(Number);
  // user, nice, system, irq, softirq, steal: neither idle nor waiting for the disk.
  const ticks = [0, 1, 2, 5, 6, 7].reduce((total, index) => total + (fields[index] ?? 0), 0);
  return ticks / ticksPerSecond;
}

export function residentMegabytes(pid: number = process.pid): number {
  const match = /VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1]) / 1024;
}
