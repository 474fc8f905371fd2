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

  /** Registers every schedule by a call of its own, so many calls at once. */
  async register(input: { groups: readonly ScheduleGroup[]; atOnce: number }): Promise<RegisterFigures> {
    const schedules = input.groups.flatMap(schedulesOf);
    const before = residentMegabytes();
    const startMs = nowMs();
    let next = 0;
    const one = async (): Promise<void> => {
      for (let schedule = schedules[next++]; schedule; schedule = schedules[next++])
        await this.#side.schedule(schedule);
    };
    await Promise.all(Array.from({ length: input.atOnce }, one));
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
