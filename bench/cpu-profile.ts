// Reads what `node --cpu-prof` wrote: how long each function ran by itself.

import { readFileSync } from "node:fs";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  /** Function and place, for example `settle (dist/engine/settler.js:40)`. */
  readonly where: string;
  readonly ms: number;
}

export interface ThreadProfile {
  readonly busyMs: number;
  readonly idleMs: number;
  /** The longest first; waiting is not among them. */
  readonly selfTimes: readonly SelfTime[];
  /** The same by file. */
  readonly files: readonly SelfTime[];
}

export function readProfile(path: string): ThreadProfile {
  const profile = JSON.parse(readFileSync(path, "utf8")) as Profile; // the format of V8's profiler
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const byFunction = new Map<string, number>();
  const byFile = new Map<string, number>();
  let idleMs = 0;
  profile.samples.forEach((id, index) => {
    const ms = (profile.timeDeltas[index] ?? 0) / 1000;
    const frame = nodes.get(id)?.callFrame;
    if (!frame) return;
    if (frame.functionName === "(idle)") return void (idleMs += ms);
    const file = shortened(frame.url) || "V8 and native code";
    add(byFunction, `${frame.functionName || "(anonymous)"} (${file}:${frame.lineNumber + 1})`, ms);
    add(byFile, file, ms);
  });
  const busyMs = [...byFunction.values()].reduce((sum, ms) => sum + ms, 0);
  return { busyMs, idleMs, selfTimes: ranked(byFunction), files: ranked(byFile) };
}

function add(sums: Map<string, number>, where: string, ms: number): void {
  sums.set(where, (sums.get(where) ?? 0) + ms);
}

function ranked(sums: ReadonlyMap<string, number>): readonly SelfTime[] {
  return [...sums].map(([where, ms]) => ({ where, ms })).toSorted((a, b) => b.ms - a.ms);
}

function shortened(url: string): string {
  return url.replace(/^file:\/\//u, "").replace(/^.*\/(?=dist\/|bench\/|node_modules\/)/u, "");
}
