// The guard: measures the CPU that strangers use meanwhile, and repeats what they disturbed.

import { availableParallelism } from "node:os";
import { nowMs, sleep } from "./clock.ts";
import { busySeconds, cpuSecondsOfTree } from "./processes.ts";

export interface GuardSettings {
  /** Share of all cores that strangers may use, 0–1. */
  readonly maxForeign: number;
  /** Most times one measurement is made. */
  readonly tries: number;
}

export interface Guarded<Result> {
  readonly result: Result;
  /** Share of all cores that strangers used meanwhile. */
  readonly foreign: number;
  readonly tries: number;
}

/** How long a measurement waits for a quiet machine before it is made anyway. */
const patienceMs = 30_000;
/** How long it must have been quiet. */
const quietMs = 400;

/** Measures in a quiet moment; of disturbed measurements the least disturbed counts. */
export async function guarded<Result>(
  settings: GuardSettings,
  measure: () => Promise<Result>,
): Promise<Guarded<Result>> {
  let best: Guarded<Result> | undefined;
  for (let tries = 1; tries <= settings.tries; tries++) {
    await quietness(settings.maxForeign);
    const foreignSoFar = watch();
    const result = await measure();
    const foreign = foreignSoFar();
    if (!best || foreign < best.foreign) best = { result, foreign, tries };
    if (foreign <= settings.maxForeign) break;
  }
  if (!best) throw new Error("the guard was told to try zero times");
  return best;
}

async function quietness(maxForeign: number): Promise<void> {
  const startMs = nowMs();
  while (nowMs() - startMs < patienceMs) {
    const foreignSoFar = watch();
    await sleep(quietMs);
    if (foreignSoFar() <= maxForeign) return;
  }
}

/** Everything the benchmark starts is a child of this process, so what is busy beyond this tree is foreign. */
function watch(): () => number {
  const before = { busy: busySeconds(), own: cpuSecondsOfTree(process.pid), atMs: nowMs() };
  return () => {
    const own = cpuSecondsOfTree(process.pid) - before.own;
    const busy = busySeconds() - before.busy;
    const seconds = (nowMs() - before.atMs) / 1000;
    return Math.max(0, busy - own) / (availableParallelism() * seconds);
  };
}
