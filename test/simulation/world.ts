// A simulated installation: one ledger, processes that come and go, virtual time, and a record of every effect.

import { createRota } from "../../src/app/create-rota.ts";
import type { Rota } from "../../src/app/rota.ts";
import { SeededRandom } from "../../src/app/seeded-random.ts";
import { NonRetryableError } from "../../src/domain/errors.ts";
import { snooze } from "../../src/domain/outcome.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import type { Executor } from "../../src/ports/executor.ts";
import type { Ledger } from "../../src/ports/ledger.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { FlakyBroker, Life, MortalClock, mortalLedger } from "./mortal.ts";

/** What one attempt of a simulated run does. */
export type Act =
  | "ok"
  | "fail"
  | "fatal"
  | "snooze"
  | "steps"
  | { readonly takeMs: number; readonly then: "ok" | "fail" };

/** One start of user code, as the world outside saw it. */
export interface Effect {
  readonly runId: string;
  readonly taskId: string;
  readonly process: number;
  readonly startedAtMs: number;
  endedAtMs?: number;
  /** Set when the process died under it. */
  brokenOffAtMs?: number;
}

export class World {
  readonly clock = new VirtualClock("2026-03-01T00:00:00Z");
  readonly random: SeededRandom;
  readonly effects: Effect[] = [];
  /** Steps as they were really performed, by run and name. */
  readonly steps = new Map<string, number>();
  /** Ends heard of, by run: nothing may start afterwards. */
  readonly heardEnds = new Map<string, number>();
  readonly violations: string[] = [];
  readonly ledger: Ledger;
  life: Life;
  broker: FlakyBroker;
  rota: Rota | undefined;
  deaths = 0;

  private constructor(seed: number, ledger: Ledger) {
    this.random = new SeededRandom(seed);
    this.ledger = ledger;
    this.life = new Life(this.random, () => this.#died());
    this.broker = new FlakyBroker(this.clock, this.random);
  }

  static async open(seed: number, sabotage: (ledger: Ledger) => Ledger = (ledger) => ledger): Promise<World> {
    const ledger = await openSqliteLedger({
      database: "memory:",
      host: "main",
      idSeed: seed,
      nowMs: Date.parse("2026-03-01T00:00:00Z"),
    });
    const world = new World(seed, sabotage(ledger));
    await world.boot();
    return world;
  }

  /** Starts a process on the ledger as its predecessors left it. */
  async boot(): Promise<void> {
    const life = new Life(this.random, () => this.#died());
    const { deaths } = this;
    this.life = life;
    const clock = new MortalClock(this.clock, this.life);
    this.broker = new FlakyBroker(clock, this.random);
    const starting = createRota({
      ledger: mortalLedger(this.ledger, this.life),
      clock,
      random: this.random,
      broker: this.broker,
      executors: [this.#executor(this.life, this.deaths)],
      concurrency: 4,
      grace: 1000,
      name: `process-${this.deaths}`,
    });
    let rota: Rota | undefined;
    void starting.then((started) => (rota = started));
    // A process may die while it starts: then it never tells.
    while (rota === undefined && life.isAlive) await this.clock.advance(0);
    this.rota = rota;
    // The first operation loads the handlers from disk, in real time: done before virtual time goes on.
    await this.rota?.invoke("limits.get", {});
    this.rota?.on("*", (event) => {
      const isEnd = /^run\.(completed|failed|cancelled|timed-out|skipped)$/.test(event.type);
      if (isEnd && event.runId !== undefined && life.isAlive && deaths === this.deaths)
        this.heardEnds.set(event.runId, this.clock.now());
    });
  }

  kill(): void {
    this.life.end();
  }

  #died(): void {
    this.deaths++;
    for (const effect of this.effects)
      if (effect.endedAtMs === undefined) effect.brokenOffAtMs ??= this.clock.now();
  }

  #executor(life: Life, process: number): Executor {
    return defineExecutor<{ readonly acts?: readonly Act[] }>({
      type: "sim",
      run: async ({ acts = [] }, ctx) => {
        if (!life.isAlive) return;
        const { runId, taskId } = ctx;
        if (this.heardEnds.has(runId))
          this.violations.push(`R2: ${runId} was started after its end had been told`);
        const effect: Effect = { runId, taskId, process, startedAtMs: this.clock.now() };
        this.effects.push(effect);
        try {
          return await this.#perform(acts[Math.min(ctx.attempt, acts.length) - 1] ?? "ok", ctx);
        } finally {
          if (life.isAlive) effect.endedAtMs = this.clock.now();
        }
      },
    });
  }

  async #perform(act: Act, ctx: Parameters<Executor["execute"]>[1]): Promise<unknown> {
    if (act === "ok") return { attempt: ctx.attempt };
    if (act === "fail") throw new Error("simulated failure");
    if (act === "fatal") throw new NonRetryableError("simulated fatal failure");
    if (act === "snooze")
      return this.effects.filter(({ runId }) => runId === ctx.runId).length > 2 ? "awake" : snooze(700);
    if (act === "steps") {
      for (const name of ["one", "two", "three"]) {
        await ctx.step(name, () => {
          const key = `${ctx.runId}:${name}`;
          this.steps.set(key, (this.steps.get(key) ?? 0) + 1);
        });
        await this.#pass(300, ctx.signal);
      }
      return "stepped";
    }
    await this.#pass(act.takeMs, ctx.signal);
    if (act.then === "fail") throw new Error("simulated late failure");
    return "slow";
  }

  async #pass(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const stop = this.clock.after(ms, resolve);
      signal.addEventListener("abort", () => {
        stop();
        reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
      });
    });
  }
}
