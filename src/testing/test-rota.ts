// A whole Rota for tests: in memory, under virtual time, the same code as in production.

import { createRota, type RotaOptions } from "../app/create-rota.ts";
import type { Rota } from "../app/rota.ts";
import { SeededRandom } from "../app/seeded-random.ts";
import type { Executor } from "../ports/executor.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface TestRotaOptions<Executors extends readonly Executor[]> extends Omit<
  RotaOptions<Executors>,
  "clock" | "database" | "ledgerThread"
> {
  /** Where time begins. @default "2026-01-01T00:00:00Z" */
  readonly now?: string | number;
  /** Seed of the jitter. @default 1 */
  readonly seed?: number;
}

export interface TestRota<Executors extends readonly Executor[]> extends AsyncDisposable {
  readonly rota: Rota<Executors>;
  readonly clock: VirtualClock;
  /** Lets time pass: milliseconds, or until an instant (ISO 8601). Everything due on the way happens at its moment. */
  readonly advance: (by: number | string) => Promise<void>;
}

/**
 * Opens a Rota in memory whose time stands still until `advance`.
 *
 * @example
 * await using test = await createTestRota({ executors: [sendReport], now: "2026-01-01T00:00:00Z" });
 * const task = await test.rota.tasks.create({ name: "report", type: "send-report", trigger: { kind: "cron", expression: "0 9 * * 1-5" } });
 * await test.advance("2027-01-01T00:00:00Z");
 * const runs = await test.rota.tasks.runs({ id: task.id, limit: 1000 });
 */
export async function createTestRota<const Executors extends readonly Executor[] = readonly []>(
  options: TestRotaOptions<Executors> = {},
): Promise<TestRota<Executors>> {
  const { now, seed = 1, ...rest } = options;
  const clock = new VirtualClock(now);
  const rota = await createRota<Executors>({
    random: new SeededRandom(seed),
    ...rest,
    database: "memory:",
    ledgerThread: "main",
    clock,
  });
  return {
    rota,
    clock,
    advance: (by) => (typeof by === "number" ? clock.advance(by) : clock.advanceTo(by)),
    [Symbol.asyncDispose]: () => stopInVirtualTime(rota, clock),
  };
}

/** Stopping waits for what runs, and that waits for time: so time goes on until it is done. */
async function stopInVirtualTime(
  rota: { stop(options: { graceMs: number }): Promise<void> },
  clock: VirtualClock,
): Promise<void> {
  let isStopped = false;
  const stopping = rota.stop({ graceMs: 0 }).finally(() => (isStopped = true));
  while (!isStopped) await clock.advance(100);
  await stopping;
}
