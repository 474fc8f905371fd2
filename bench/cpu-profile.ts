// Reads what `node --cpu-prof` wrote: how long each function ran by itself.

import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  /** Function and place, for example `settle (src/engine/settler.ts:40)`. */
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
    const { file, line } = sourceOf(frame);
    add(byFunction, `${frame.functionName || "(anonymous)"} (${file}:${line})`, ms);
    add(byFile, file, ms);
  });
  const busyMs = [...byFunction.values()].reduce((sum, ms) => sum + ms, 0);
  return { busyMs, idleMs, selfTimes: ranked(byFunction), files: ranked(byFile) };
}

/** The package is bundled; its source maps know where a function was written. */
function sourceOf({ url, lineNumber, columnNumber }: ProfileNode["callFrame"]): {
  readonly file: string;
  readonly line: number;
} {
  const entry = mapOf(url)?.findEntry(lineNumber, columnNumber);
  return entry !== undefined && "originalSource" in entry
    ? { file: shortened(entry.originalSource), line: entry.originalLine + 1 }
    : { file: shortened(url) || "V8 and native code", line: lineNumber + 1 };
}

const maps = new Map<string, SourceMap | undefined>();

function mapOf(url: string): SourceMap | undefined {
  if (!url.startsWith("file:")) return undefined;
  if (!maps.has(url)) {
    const path = `${fileURLToPath(url)}.map`;
    // What esbuild writes beside its output.
    const payload = existsSync(path)
      ? (JSON.parse(readFileSync(path, "utf8")) as SourceMap["payload"])
      : undefined;
    maps.set(url, payload === undefined ? undefined : new SourceMap(payload));
  }
  return maps.get(url);
}

function add(sums: Map<string, number>, where: string, ms: number): void {
  sums.set(where, (sums.get(where) ?? 0) + ms);
}

function ranked(sums: ReadonlyMap<string, number>): readonly SelfTime[] {
  return [...sums].map(([where, ms]) => ({ where, ms })).toSorted((a, b) => b.ms - a.ms);
}

function shortened(url: string): string {
  return url.replace(/^file:\/\//u, "").replace(/^.*\/(?=dist\/|src\/|bench\/|node_modules\/)/u, "");
}
