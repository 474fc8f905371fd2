// The zones and cron calculators in use, each made once and shared by every trigger that needs it.

import { CronCalculator } from "./cron-calculator.ts";
import { parseCron, type CronProblem } from "./cron-expression.ts";
import type { DstPolicy } from "./trigger.ts";
import { WallClock } from "./wall-clock.ts";
import { Zone } from "./zone.ts";

/** A cron in a zone: its instants, and the readings they come from. */
export interface ZonedCron {
  readonly ok: true;
  readonly clock: WallClock;
  readonly calculator: CronCalculator;
}

export interface CronKey {
  readonly expression: string;
  readonly dayMatch: "or" | "and";
}

/**
 * Owns what is worth keeping between questions; give one to everything that computes instants in a process.
 *
 * Bounded: the least recently used cron leaves when there are more than `limit` (a calculator takes about 2 KB).
 */
export class Calculators {
  readonly #limit: number;
  readonly #zones = new Map<string, Zone>();
  readonly #calculators = new Map<string, CronCalculator>();
  readonly #clocks = new Map<string, ZonedCron>();

  /** @param limit - most distinct crons kept, from 1 */
  constructor(limit = 4096) {
    this.#limit = Math.max(1, limit);
  }

  /** The zone of an IANA name, or undefined. */
  zone(name: string): Zone | undefined {
    const known = this.#zones.get(name);
    if (known !== undefined) return known;
    const zone = Zone.find(name);
    if (zone !== undefined) remember(this.#zones, { key: name, value: zone, limit: this.#limit });
    return zone;
  }

  /** What an expression matches on the wall clock, or why it cannot be read. */
  calculator({ expression, dayMatch }: CronKey): CronCalculator | CronProblem {
    const key = `${dayMatch} ${expression}`;
    const known = recall(this.#calculators, key, this.#limit);
    if (known !== undefined) return known;
    const parsed = parseCron(expression, dayMatch);
    if (!parsed.ok) return parsed;
    const calculator = new CronCalculator(parsed.fields);
    remember(this.#calculators, { key, value: calculator, limit: this.#limit });
    return calculator;
  }

  /** The instants of an expression in a zone, or why it cannot be read. */
  cron(cron: CronKey, zone: Zone, dst: Required<DstPolicy>): ZonedCron | CronProblem {
    const key = `${zone.name} ${dst.gap} ${dst.overlap} ${cron.dayMatch} ${cron.expression}`;
    const known = recall(this.#clocks, key, this.#limit);
    if (known !== undefined) return known;
    const calculator = this.calculator(cron);
    if (!(calculator instanceof CronCalculator)) return calculator;
    const clock = new WallClock(calculator, { zone, dst, isLiteral: calculator.fields.isLiteral });
    const value: ZonedCron = { ok: true, clock, calculator };
    remember(this.#clocks, { key, value, limit: this.#limit });
    return value;
  }
}

/** Reads an entry and makes it the most recent: a Map keeps the order of insertion, which matters once it fills. */
function recall<T>(map: Map<string, T>, key: string, limit: number): T | undefined {
  const value = map.get(key);
  if (value === undefined || map.size < limit / 2) return value;
  map.delete(key);
  map.set(key, value);
  return value;
}

function remember<T>(map: Map<string, T>, entry: { key: string; value: T; limit: number }): void {
  if (map.size >= entry.limit) {
    const oldest = map.keys().next();
    if (oldest.done !== true) map.delete(oldest.value);
  }
  map.set(entry.key, entry.value);
}
