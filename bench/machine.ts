// What the figures were measured on: processor, memory, disk, versions, commit.

import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { nowMs } from "./clock.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  /** Appends of 4 KiB, each with its own fsync, a second. */
  readonly fsyncsPerSecond: number;
  readonly date: string;
  /** Short commit, `+changes` when the tree had some, or `none` before the first. */
  readonly commit: string;
  readonly command: string;
}

export function describeMachine(folder: string, command: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `Linux ${release()}`,
    node: process.version,
    sqlite: process.versions.sqlite ?? "unknown",
    fsyncsPerSecond: fsyncsPerSecond(folder),
    date: new Date().toISOString(),
    commit: commit(),
    command,
  };
}

function fsyncsPerSecond(folder: string): number {
  const path = join(folder, "fsync-probe");
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096, 7);
  const startMs = nowMs();
  let count = 0;
  for (; nowMs() - startMs < 1000; count++) {
    writeSync(file, block);
    fsyncSync(file);
  }
  const perSecond = (count / (nowMs() - startMs)) * 1000;
  closeSync(file);
  rmSync(path);
  return Math.round(perSecond);
}

function commit(): string {
  const git = (...words: string[]): string =>
    execFileSync("git", words, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const short = git("rev-parse", "--short", "HEAD");
    return git("status", "--porcelain", "--", "../src") === "" ? short : `${short}+changes`;
  } catch {
    return "none";
  }
}
