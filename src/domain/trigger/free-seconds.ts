// What some excluding crons leave of a day on which each of them has a part, second by second.

import { bit60From, bit60To, bitFrom, bits60, bitTo, hasBit60, type Bits60 } from "./bits.ts";
import type { CronFields } from "./cron-expression.ts";

interface Hour {
  /** The free seconds of each minute. */
  readonly seconds: readonly Bits60[];
  /** The minutes that have any. */
  readonly minutes: Bits60;
}

/** Seconds of the day, 0–86,399. Hours in which the same crons have a part share what is left of them. */
export class FreeSeconds {
  readonly #hours: readonly Hour[];
  /** The hours that have any free second: bits 0–23. */
  readonly #free: number;

  constructor(crons: readonly CronFields[]) {
    const known = new Map<number, Hour>();
    this.#hours = Array.from({ length: 24 }, (_, hour) => {
      let key = 0;
      let bit = 1;
      for (const { hours } of crons) {
        if (((hours >>> hour) & 1) === 1) key += bit;
        bit *= 2;
      }
      const alike = known.get(key) ?? freeOfHour(crons.filter(({ hours }) => ((hours >>> hour) & 1) === 1));
      known.set(key, alike);
      return alike;
    });
    this.#free = this.#hours.reduce(
      (bits, { minutes }, hour) => (isNone(minutes) ? bits : bits | (1 << hour)),
      0,
    );
  }

  get isEmpty(): boolean {
    return this.#free === 0;
  }

  /** The first free second that is at least `second`, or -1. */
  next(second: number): number {
    const at = Math.floor(second / 3600);
    const within = this.#hours[at];
    if (within !== undefined && ((this.#free >>> at) & 1) === 1) {
      const minute = Math.floor(second / 60) % 60;
      const found = hasBit60(within.minutes, minute) ? secondFrom(within, minute, second % 60) : -1;
      if (found >= 0) return at * 3600 + minute * 60 + found;
      const later = bit60From(within.minutes, minute + 1);
      if (later >= 0) return at * 3600 + later * 60 + secondFrom(within, later, 0);
    }
    const hour = bitFrom(this.#free, at + 1);
    const next = this.#hours[hour];
    if (next === undefined) return -1;
    const minute = bit60From(next.minutes, 0);
    return hour * 3600 + minute * 60 + secondFrom(next, minute, 0);
  }

  /** The last free second that is at most `second`, or -1. */
  previous(second: number): number {
    const at = Math.floor(second / 3600);
    const within = this.#hours[at];
    if (within !== undefined && ((this.#free >>> at) & 1) === 1) {
      const minute = Math.floor(second / 60) % 60;
      const found = hasBit60(within.minutes, minute) ? secondTo(within, minute, second % 60) : -1;
      if (found >= 0) return at * 3600 + minute * 60 + found;
      const earlier = bit60To(within.minutes, minute - 1);
      if (earlier >= 0) return at * 3600 + earlier * 60 + secondTo(within, earlier, 59);
    }
    const hour = bitTo(this.#free, at - 1);
    const previous = this.#hours[hour];
    if (previous === undefined) return -1;
    const minute = bit60To(previous.minutes, 59);
    return hour * 3600 + minute * 60 + secondTo(previous, minute, 59);
  }
}

/** A cron of five fields takes away whole minutes. */
function freeOfHour(crons: readonly CronFields[]): Hour {
  const seconds = Array.from({ length: 60 }, (_, minute): Bits60 => {
    let [low, high] = [0, 0];
    for (const cron of crons) {
      if (!hasBit60(cron.minutes, minute)) continue;
      low |= cron.hasSeconds ? cron.seconds.low : -1;
      high |= cron.hasSeconds ? cron.seconds.high : -1;
    }
    return { low: ~low, high: ~high & 0x0fff_ffff };
  });
  return { seconds, minutes: bits60(seconds.flatMap((free, minute) => (isNone(free) ? [] : [minute]))) };
}

function isNone({ low, high }: Bits60): boolean {
  return (low | high) === 0;
}

function secondFrom({ seconds }: Hour, minute: number, from: number): number {
  const free = seconds[minute];
  return free === undefined ? -1 : bit60From(free, from);
}

function secondTo({ seconds }: Hour, minute: number, to: number): number {
  const free = seconds[minute];
  return free === undefined ? -1 : bit60To(free, to);
}
