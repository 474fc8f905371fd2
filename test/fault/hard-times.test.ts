// Hard times of one process: clocks that jump, long stops, blocked loops, poison, and the ways to end it.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fieldOf, Gone, overHttp, text } from "./api.ts";
import { Arena } from "./arena.ts";
import { lateSchedules } from "./checker/occurrence-violations.ts";
import { specsOf } from "./checker/deed-violations.ts";
import { readTables } from "./checker/rows.ts";
import { Child } from "./child.ts";
import type { TaskSpec } from "./deeds.ts";
import { finishHere } from "./finish.ts";
import { Client, finishAll, Memory, schedulesGoOn, until } from "./load.ts";
import type { EmbeddedOptions } from "./programs/embedded.ts";
import { SabotagedBuild } from "./sabotage.ts";
import { chanceOf, isLong, say } from "./seed.ts";

const source = new URL("../../src/", import.meta.url).href;
const executors = fileURLToPath(new URL("programs/executors.ts", import.meta.url));
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A process that embeds Rota, and takes orders. */
class Embedded implements AsyncDisposable {
  readonly child: Child;
  readonly #arena: Arena;
  #said = 0;

  constructor(arena: Arena, options: Partial<EmbeddedOptions> = {}) {
    this.#arena = arena;
    this.child = Child.program("embedded", {
      source,
      database: arena.database,
      deeds: arena.deedsPath,
      seed: 1,
      clients: 0,
      ledgerThread: "thread",
      concurrency: 20,
      ...options,
    } satisfies EmbeddedOptions);
  }

  async ready(): Promise<this> {
    await this.child.line(/^ready/m);
    return this;
  }

  /** Gives an order and waits until it is done; orders are answered one by one. */
  async order(order: string): Promise<void> {
    this.child.tell(order);
    this.#said += 1;
    await this.child.line(new RegExp(`(?:[^]*?^done ){${this.#said}}`, "m"));
  }

  /** Creates a task, and notes it as any client does. */
  async create(spec: TaskSpec, input: Record<string, unknown>): Promise<void> {
    const { deeds } = this.#arena;
    deeds.write({ e: "call", op: "create", at: Date.now(), spec });
    const task = text(
      await this.call("tasks.create", { name: spec.name, type: "work", overlap: spec.overlap, ...input }),
      "id",
    );
    deeds.write({ e: "ack", op: "create", at: Date.now(), task, name: spec.name });
  }

  async call(operation: string, input: object): Promise<unknown> {
    const answers = this.#answers;
    this.#answers += 1;
    await this.order(`call ${JSON.stringify({ operation, input })}`);
    const answer = await this.child.line(new RegExp(`(?:[^]*?^answer ){${answers + 1}}(.*)$`, "m"));
    return JSON.parse(answer);
  }
  #answers = 0;

  /** Stops as a program should, and notes that it is gone. */
  async stop(): Promise<void> {
    this.child.tell("stop");
    const { code, err } = await this.child.exited;
    if (code !== 0) throw new Error(`the program ended with ${String(code)}: ${err}`);
    this.#arena.buried(this.child.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

const everySecond: TaskSpec = {
  name: "every second",
  everyMs: 1000,
  anchorMs: Date.parse("2026-01-01T00:00:00.250Z"),
  overlap: "allow",
  maxAttempts: 3,
};
const trigger = { kind: "interval", every: 1000, anchor: "2026-01-01T00:00:00.250Z" };

/** Waits for this many further starts of code. */
async function starts(arena: Arena, embedded: Embedded, count: number): Promise<void> {
  const begin = arena.tail.read().length;
  await arena.progress(
    embedded.child,
    (deeds) => deeds.slice(begin).filter(({ e }) => e === "start").length >= count,
  );
}

describe("when the wall clock jumps", () => {
  it(
    "I1 R5 SEM 13 SEM 14 no instant is decided twice or left out, and misfire is applied to what was jumped over",
    { timeout: 120_000 },
    async () => {
      using arena = new Arena();
      await using embedded = await new Embedded(arena, { clockOffsetMs: 0 }).ready();
      await embedded.create(everySecond, { trigger, misfire: { policy: "once", grace: 2000 } });
      await starts(arena, embedded, 2);
      for (const jumpMs of [hourMs, -hourMs, hourMs, dayMs, -dayMs, dayMs]) {
        await embedded.order(`jump ${jumpMs}`);
        if (jumpMs > 0) {
          await starts(arena, embedded, 3);
          continue;
        }
        // Back in time everything is decided already; what is new goes on all the same.
        const name = `after ${jumpMs}`;
        const spec = { ...everySecond, name };
        await embedded.create(spec, { trigger, misfire: { policy: "once", grace: 2000 } });
        await starts(arena, embedded, 2);
      }
      await embedded.order("finish");
      await embedded.stop();
      arena.demandNone(arena.judge({ hasClockJumps: true }));
      const { occurrences } = readTables(arena.database);
      const jumped = occurrences.filter(({ decision }) => decision === "coalesced");
      const started = occurrences.filter(({ decision }) => decision === "started").length;
      say(
        `clock jumps: ${started} starts, ${jumped.length} stretches coalesced: ${jumped.map((row) => `${((row.untilMs ?? row.scheduledForMs) - row.scheduledForMs) / 1000} s`).join(", ")}`,
      );
      expect(jumped.some((row) => (row.untilMs ?? 0) - row.scheduledForMs > hourMs - 60_000)).toBe(true);
      expect(jumped.some((row) => (row.untilMs ?? 0) - row.scheduledForMs > dayMs - 2 * hourMs)).toBe(true);
      expect(started).toBeLessThan(100);
    },
  );
});

describe("when a process stands still", () => {
  it(
    "I3 R1 R3 R5 SIGSTOP for longer than its lease loses nothing and starts nothing twice",
    { timeout: 120_000 },
    async () => {
      // The lease of the real build is 30 s; the short form waits for one of 2 s.
      using build = new SabotagedBuild(
        isLong
          ? []
          : [
              {
                file: "ports/worker-ledger.ts",
                find: "export const leaseMs = 30_000;",
                replace: "export const leaseMs = 2_000;",
              },
              {
                file: "ports/worker-ledger.ts",
                find: "export const leaseRenewalMs = 10_000;",
                replace: "export const leaseRenewalMs = 700;",
              },
            ],
      );
      using arena = new Arena();
      await using embedded = await new Embedded(arena, { clients: 3, source: build.source }).ready();
      await starts(arena, embedded, 30);
      embedded.child.signal("SIGSTOP");
      const leaseMs = isLong ? 30_000 : 2000;
      const stoppedAtMs = Date.now();
      await until(
        "the lease is over",
        () => (Date.now() - stoppedAtMs > leaseMs + 1000 ? undefined : "not yet"),
        60_000,
      );
      embedded.child.signal("SIGCONT");
      await starts(arena, embedded, 30);
      for (const order of ["quiet", "resume", "schedules", "finish"]) await embedded.order(order);
      await embedded.stop();
      arena.demandNone(arena.judge());
      const resumed = arena.tail.deeds.filter(
        (deed) => deed.e === "start" && deed.at > stoppedAtMs + leaseMs,
      );
      expect(resumed.length, "the process went on after its stop").toBeGreaterThan(0);
      say(
        `SIGSTOP for ${Date.now() - stoppedAtMs} ms under load: ${arena.tail.deeds.filter(({ e }) => e === "start").length} starts, none twice`,
      );
    },
  );

  it("I1 R5 a blocked event loop delays instants and drops none", { timeout: 60_000 }, async () => {
    using arena = new Arena();
    await using embedded = await new Embedded(arena).ready();
    await embedded.create(everySecond, { trigger });
    const blocking: TaskSpec = { name: "block", overlap: "allow", maxAttempts: 3 };
    await embedded.create(blocking, {
      type: "block",
      params: { blockMs: 4000 },
      trigger: { kind: "immediate" },
    });
    await arena.progress(embedded.child, (deeds) => deeds.filter(({ e }) => e === "end").length >= 6);
    await embedded.order("schedules");
    const untilMs = Date.now() - 1500;
    await embedded.child.killHard();
    arena.buried(embedded.child.pid);
    const tables = arena.look();
    expect(lateSchedules(tables, specsOf(arena.tail.read()), untilMs)).toEqual([]);
    const latest = Math.max(...tables.occurrences.map(({ decidedAtMs, dueAtMs }) => decidedAtMs - dueAtMs));
    say(`event loop blocked for 4000 ms: the latest instant was decided ${latest} ms late`);
    expect(latest).toBeGreaterThan(2000);
    await finishHere(arena);
    arena.demandNone(arena.judge());
  });
});

describe("a run that kills its process", () => {
  it(
    "R1 R11 is given up after three deaths, and others go on, those that died with it each time too",
    { timeout: 120_000 },
    async () => {
      using arena = new Arena();
      const flags = ["--database", `sqlite:${arena.database}`, "--executors", executors];
      const options = { env: { ROTA_FAULT_DEEDS: arena.deedsPath } };
      let poisoned: string | undefined;
      const ends: string[] = [];
      for (let isOver = false; !isOver && ends.length <= 4;) {
        await using child = Child.rota(["serve", "--port", "0", ...flags], options);
        // Recovered poison may kill the server before it listens.
        const lived = live(arena, child, poisoned).then(
          () => true,
          (error: unknown) => (error instanceof Gone || child.hasExited ? false : Promise.reject(error)),
        );
        isOver = await Promise.race([lived, child.exited.then(() => false)]);
        if (isOver) child.signal("SIGTERM");
        const { code, signal } = await child.exited;
        ends.push(String(signal ?? code));
        poisoned ??= lastTriggered(arena);
        arena.buried(child.pid);
        arena.look();
      }
      say(`poison: the processes ended by ${ends.join(", ")}`);
      expect(ends).toEqual(["SIGKILL", "SIGKILL", "SIGKILL", "0"]);
      arena.demandNone(arena.judge());
      const others = readTables(arena.database).states.filter(({ status }) => status !== "completed");
      expect(others, "only the poisoned run failed").toHaveLength(1);
    },
  );
});

/** The life of one server beside the poison: ends when the poison was given up and everything else has ended. */
async function live(arena: Arena, child: Child, poisoned: string | undefined): Promise<"quarantined"> {
  const call = overHttp(await child.line(/^(http:\/\/\S+)/m));
  const id = poisoned ?? (await poison(arena, call));
  await until("the poisoned run ends", async () =>
    text(await call("runs.get", { id }), "status") === "failed" ? undefined : "alive",
  );
  expect(fieldOf(fieldOf(await call("runs.get", { id }), "error"), "code")).toBe("WORKER_LOST");
  await schedulesGoOn(call, 5000);
  await finishAll(call);
  return "quarantined";
}

function lastTriggered(arena: Arena): string | undefined {
  return arena.tail
    .read()
    .flatMap((deed) => (deed.e === "ack" && deed.op === "trigger" ? [deed.run] : []))
    .at(-1);
}

/** A poisoned run, with quick neighbours and a schedule beside it. */
async function poison(arena: Arena, call: ReturnType<typeof overHttp>): Promise<string> {
  const make = async (spec: TaskSpec, input: object): Promise<string> => {
    arena.deeds.write({ e: "call", op: "create", at: Date.now(), spec });
    const task = text(
      await call("tasks.create", {
        name: spec.name,
        overlap: spec.overlap,
        trigger: { kind: "manual" },
        ...input,
      }),
      "id",
    );
    arena.deeds.write({ e: "ack", op: "create", at: Date.now(), task, name: spec.name });
    return task;
  };
  const run = async (task: string): Promise<string> => {
    const id = text(await call("tasks.trigger", { id: task }), "id");
    arena.deeds.write({ e: "ack", op: "trigger", at: Date.now(), task, run: id });
    return id;
  };
  await make(everySecond, { type: "work", trigger });
  const work = await make({ name: "work", overlap: "allow", maxAttempts: 3 }, { type: "work" });
  const poisonous = await make({ name: "poison", overlap: "allow", maxAttempts: 3 }, { type: "poison" });
  for (let i = 0; i < 20; i++) await run(work);
  // At work at every death, and innocent.
  const long = await make(
    { name: "long", overlap: "allow", maxAttempts: 3 },
    { type: "work", params: { acts: [{ takeMs: 700, then: "ok" }] } },
  );
  for (let i = 0; i < 5; i++) await run(long);
  // A little later, so that the answer is out before it kills its process.
  const later = text(await call("tasks.trigger", { id: poisonous, delay: 200 }), "id");
  arena.deeds.write({ e: "ack", op: "trigger", at: Date.now(), task: poisonous, run: later });
  return later;
}

describe("the end of a process", () => {
  it(
    "R1 I2 SIGTERM under load drains: exit code 0, no run lost, no claim left",
    { timeout: 60_000 },
    async () => {
      const chance = chanceOf("SIGTERM under load");
      using arena = new Arena();
      const flags = ["--database", `sqlite:${arena.database}`, "--executors", executors];
      const { child, url } = await Child.serve(flags, { env: { ROTA_FAULT_DEEDS: arena.deedsPath } });
      await using _ = child;
      const memory = new Memory();
      const clients = Array.from(
        { length: 3 },
        () => new Client({ call: overHttp(url), deeds: arena.deeds, chance, memory }),
      );
      const working = Promise.allSettled(clients.map((client) => client.work()));
      await arena.progress(child, (deeds) => deeds.filter(({ e }) => e === "start").length > 50);
      child.signal("SIGTERM");
      const exit = await child.exited;
      for (const client of clients) client.stop();
      await working;
      arena.buried(child.pid);
      expect(exit).toMatchObject({ code: 0, signal: null });
      const tables = arena.look();
      arena.demandNone(arena.violations);
      expect(tables.states.filter(({ table }) => table === "claimed")).toEqual([]);
      const recoveries = tables.states.filter((state) => state.recoveries > 0);
      expect(recoveries, "a drained process leaves nothing to recover").toEqual([]);
      say(
        `SIGTERM under load: ${tables.states.length} runs, of which ${tables.states.filter(({ table }) => table !== "ended").length} were left for the next process`,
      );
      await finishHere(arena);
      arena.demandNone(arena.judge());
    },
  );

  it.each(["exit", "throw"])(
    "I2 a program that ends by %s without stopping Rota can be started again",
    async (how) => {
      using arena = new Arena();
      await using embedded = await new Embedded(arena, { clients: 2 }).ready();
      await starts(arena, embedded, 20);
      embedded.child.tell(how);
      expect((await embedded.child.exited).code).toBeGreaterThan(0);
      arena.buried(embedded.child.pid);
      arena.look();
      await finishHere(arena);
      arena.demandNone(arena.judge());
    },
  );
});
