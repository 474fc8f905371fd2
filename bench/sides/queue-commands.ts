// What a measured process does with a queue when the benchmark asks.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { nowMs, sleep } from "../clock.ts";
import { residentMegabytes } from "../processes.ts";
import { percentile } from "../statistics.ts";
import { payload, type QueueSide } from "./side.ts";

export interface AddFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface BulkFigures {
  /** Of each round, the first one cold. */
  readonly perSecond: readonly number[];
  readonly loopP99Ms: number;
}

export interface DrainFigures {
  readonly perSecond: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

type LoopDelay = ReturnType<typeof monitorEventLoopDelay>;

/** Most adds on their way in `rate`; beyond, the producer is slower than its rate. */
const maxPending = 2000;

/** The commands of a queue process; each is called by its name over the channel. */
export class QueueCommands {
  readonly #side: QueueSide;
  readonly #started: (latencyMs: number) => void;
  #latenciesMs: number[] = [];

  /** `started` tells the benchmark that the work of one `addOne` has begun. */
  constructor(side: QueueSide, started: (latencyMs: number) => void) {
    this.#side = side;
    this.#started = started;
  }

  reset(): Promise<void> {
    return this.#side.reset();
  }

  open(): Promise<void> {
    return this.#side.open();
  }

  /** Adds one by one, each awaited, by so many clients at once; at most `cap` within the measured time. */
  async addLoop(input: {
    clients: number;
    warmUpMs: number;
    forMs: number;
    cap: number;
  }): Promise<AddFigures> {
    let next = 0;
    const latenciesMs: number[] = [];
    const loop = async (untilMs: number, last: number): Promise<void> => {
      for (let atMs = nowMs(); atMs < untilMs && next < last;) {
        await this.#side.add(payload(next++));
        const endMs = nowMs();
        latenciesMs.push(endMs - atMs);
        atMs = endMs;
      }
    };
    const all = (forMs: number, last: number): Promise<unknown> =>
      Promise.all(Array.from({ length: input.clients }, () => loop(nowMs() + forMs, last)));
    await all(input.warmUpMs, input.cap);
    latenciesMs.length = 0;
    const [startMs, first] = [nowMs(), next];
    await all(input.forMs, next + input.cap);
    const perSecond = ((next - first) / (nowMs() - startMs)) * 1000;
    return { perSecond, p50Ms: percentile(latenciesMs, 50), p99Ms: percentile(latenciesMs, 99) };
  }

  /** Adds `count` in batches, as many times as there are rounds; the payloads are made beforehand. */
  async bulk(input: { count: number; batch: number; rounds: number }): Promise<BulkFigures> {
    const batches = Array.from({ length: input.count / input.batch }, (_, batch) =>
      Array.from({ length: input.batch }, (__, index) => payload(batch * input.batch + index)),
    );
    const perSecond: number[] = [];
    const delay = loopDelay();
    for (let round = 0; round < input.rounds; round++) {
      const startMs = nowMs();
      for (const batch of batches) await this.#side.addMany(batch);
      perSecond.push((input.count / (nowMs() - startMs)) * 1000);
    }
    return { perSecond, loopP99Ms: stopped(delay).p99Ms };
  }

  /** From the start of the worker until the store says that all is durably done. */
  async drain(input: { count: number; forAtMostMs: number }): Promise<DrainFigures> {
    let seen = 0;
    let finish = (): void => undefined;
    const all = new Promise<void>((resolve) => (finish = resolve));
    // Both are made ready before the clock starts: asking for the first time may load code.
    await this.#side.remaining();
    const delay = loopDelay();
    const startMs = nowMs();
    await this.#side.work(async () => {
      if (++seen === input.count) finish();
    });
    await within(input.forAtMostMs, all);
    while ((await this.#side.remaining()) > 0) await sleep(2);
    const perSecond = (input.count / (nowMs() - startMs)) * 1000;
    const { p99Ms, maxMs } = stopped(delay);
    return { perSecond, loopP99Ms: p99Ms, loopMaxMs: maxMs };
  }

  /** Starts a worker that notes how long each payload took from `t` to the first line of the handler. */
  async work(input: { tell: boolean }): Promise<void> {
    this.#latenciesMs = [];
    await this.#side.work(async ({ t }) => {
      const latencyMs = nowMs() - t;
      if (input.tell) this.#started(latencyMs);
      else this.#latenciesMs.push(latencyMs);
    });
  }

  async addOne(input: { i: number }): Promise<void> {
    await this.#side.add(payload(input.i, nowMs()));
  }

  /** Adds at a steady rate without waiting for the answers; resolves when all are acknowledged. */
  async rate(input: { perSecond: number; seconds: number }): Promise<{ readonly reachedPerSecond: number }> {
    const count = input.perSecond * input.seconds;
    const startMs = nowMs();
    const pending = new Set<Promise<unknown>>();
    for (let sent = 0; sent < count; await sleep(1)) {
      const due = Math.min(count, Math.floor(((nowMs() - startMs) / 1000) * input.perSecond) + 1);
      for (; sent < due; sent++) {
        const added = this.#side.add(payload(sent, nowMs())).finally(() => pending.delete(added));
        pending.add(added);
      }
      if (pending.size > maxPending) await Promise.race(pending);
    }
    await Promise.all(pending);
    return { reachedPerSecond: (count / (nowMs() - startMs)) * 1000 };
  }

  async latencies(): Promise<readonly number[]> {
    return this.#latenciesMs;
  }

  remaining(): Promise<number> {
    return this.#side.remaining();
  }

  async residentMegabytes(): Promise<number> {
    return residentMegabytes();
  }

  close(): Promise<void> {
    return this.#side.close();
  }
}

function loopDelay(): LoopDelay {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return delay;
}

/** The timer's own millisecond is part of the figures: an idle loop shows a little more than 1 ms. */
function stopped(delay: LoopDelay): { readonly p99Ms: number; readonly maxMs: number } {
  delay.disable();
  return { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
