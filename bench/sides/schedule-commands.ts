// What a measured process does with schedules when the benchmark asks.

import { nowMs } from "../clock.ts";
import { residentMegabytes } from "../processes.ts";
import type { Schedule, SchedulerSide } from "./side.ts";

/** A group of schedules: `count` of them; `#` in the expression's fields is replaced so that they differ. */
export interface ScheduleGroup {
  readonly group: string;
  readonly count: number;
  /** `all`: at each tenth second; `spread`: each at a second of its own; `never`: on a moment of 1 January. */
  readonly due: "together" | "spread" | "never";
}

export interface Fired {
  readonly group: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export interface Registration {
  readonly groups: readonly ScheduleGroup[];
  readonly atOnce: number;
  /** Use the side's call for many, if it has one. @default false */
  readonly bulk?: boolean;
}

/** Schedules in a bulk call, and such calls at once: one is answered while the next is written. */
const perBulkCall = 1000;
const bulkCallsAtOnce = 3;

export interface RegisterFigures {
  readonly perSecond: number;
  readonly megabytes: number;
}

/** The commands of a scheduler process; each is called by its name over the channel. */
export class ScheduleCommands {
  readonly #side: SchedulerSide;
  #fired: Fired[] = [];

  constructor(side: SchedulerSide) {
    this.#side = side;
  }

  reset(): Promise<void> {
    return this.#side.reset();
  }

  open(): Promise<void> {
    return this.#side.open((group) => this.#fired.push({ group, atMs: Date.now() }));
  }

  /** Registers schedules, so many calls at once; each by a call of its own, or in bulk where the side can. */
  async register({ groups, atOnce, bulk = false }: Registration): Promise<RegisterFigures> {
    const schedules = groups.flatMap(schedulesOf);
    const together = bulk && this.#side.scheduleMany !== undefined ? perBulkCall : 1;
    const before = residentMegabytes();
    const startMs = nowMs();
    let next = 0;
    const some = async (): Promise<void> => {
      for (let from = next; from < schedules.length; from = next) {
        next += together;
        const [first, ...others] = schedules.slice(from, from + together);
        if (first === undefined) return;
        if (others.length > 0) await this.#side.scheduleMany?.([first, ...others]);
        else await this.#side.schedule(first);
      }
    };
    const calls = together === 1 ? atOnce : bulkCallsAtOnce;
    await Promise.all(Array.from({ length: calls }, some));
    const perSecond = (schedules.length / (nowMs() - startMs)) * 1000;
    return { perSecond, megabytes: residentMegabytes() - before };
  }

  /** What fired since the last time this was asked. */
  async takeFired(): Promise<readonly Fired[]> {
    const fired = this.#fired;
    this.#fired = [];
    return fired;
  }

  close(): Promise<void> {
    return this.#side.close();
  }
}

function schedulesOf({ group, count, due }: ScheduleGroup): readonly Schedule[] {
  const cronOf = (i: number): string => {
    if (due === "together") return "*/10 * * * * *";
    if (due === "spread") return `${i % 60} * * * * *`;
    return `${i % 60} ${i % 60} ${i % 24} 1 1 *`;
  };
  return Array.from({ length: count }, (_, i) => ({ key: `${group}-${i}`, cron: cronOf(i), group }));
}
