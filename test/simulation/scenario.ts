// A random life of an installation, made from one seed: tasks, calls, deaths, lost messages; then a quiet time to end in.

import type { SeededRandom } from "../../src/app/seeded-random.ts";
import { isTerminal, type RunStatus } from "../../src/domain/run-state.ts";
import { isRecord } from "./oracle.ts";
import { World, type Act } from "./world.ts";

/** What was acknowledged to the world outside; it must be found again. */
export interface Acknowledged {
  readonly tasks: Map<string, AcknowledgedTask>;
  readonly runs: Set<string>;
  /** Pauses that were acknowledged: nothing may start between them. */
  readonly pauses: { readonly taskId: string; readonly fromMs: number; untilMs: number }[];
}

export interface AcknowledgedTask {
  readonly id: string;
  readonly everyMs?: number;
  readonly overlap: string;
  readonly createdAtMs: number;
}

export interface Story {
  readonly seed: number;
  readonly world: World;
  readonly acknowledged: Acknowledged;
  readonly endedAtMs: number;
}

const steps = 25;

/** Plays one seed. Faults stop before the end, so that everything accepted has time to finish. */
export async function play(
  seed: number,
  open: (seed: number) => Promise<World> = (each) => World.open(each),
): Promise<Story> {
  const world = await open(seed);
  const { random } = world;
  const acknowledged: Acknowledged = { tasks: new Map(), runs: new Set(), pauses: [] };
  for (let step = 0; step < steps; step++) {
    // Quiet at first, so that there is something to lose.
    const faults = step > 4 ? random.next() : 0;
    world.life.deathRate = faults > 0.7 ? 0.03 : 0;
    world.broker.faultRate = faults > 0.4 ? 0.2 : 0;
    await act(world, acknowledged);
    await world.clock.advance(Math.floor(random.next() * 3000));
    if (!world.life.isAlive || world.rota === undefined) {
      world.kill();
      if (random.next() < 0.5) await world.clock.advance(Math.floor(random.next() * 20_000));
      await world.boot();
    }
  }
  world.life.deathRate = 0;
  world.broker.faultRate = 0;
  if (!world.life.isAlive || world.rota === undefined) {
    world.kill();
    await world.boot();
  }
  // Also what was stored while its process died, and so never acknowledged.
  const stored = await settle(world, world.rota?.tasks.list({ limit: 1000 }));
  for (const { id } of stored?.items ?? []) {
    await settle(world, world.rota?.tasks.resume({ id, from: "now" }));
    await settle(world, world.rota?.tasks.cancel({ id, runs: "finish" }));
  }
  // In several steps: a lost delivery is made up for by a look, and looks come once in each.
  for (let quiet = 0; quiet < 100 && (await anyLive(world)); quiet++) await world.clock.advance(20_000);
  return { seed, world, acknowledged, endedAtMs: world.clock.now() };
}

async function anyLive(world: World): Promise<boolean> {
  const { byStatus } = await world.ledger.runs.counts();
  return Object.entries(byStatus).some(([status, count]) => count > 0 && !isTerminal(status as RunStatus)); // its own keys
}

async function act(world: World, acknowledged: Acknowledged): Promise<void> {
  const { random, rota } = world;
  if (!rota) return;
  const known = [...acknowledged.tasks.keys()];
  const id = pick(random, known);
  const choice = random.next();
  if (id === undefined || choice < 0.25) return createTask(world, acknowledged);
  if (choice < 0.6) {
    const handle = await settle(
      world,
      rota.trigger(id, { params: { acts: acts(random) }, force: random.next() < 0.2 }),
    );
    if (handle) acknowledged.runs.add(handle.id);
  } else if (choice < 0.68) {
    const fromMs = world.clock.now();
    const paused = await settle(world, rota.tasks.pause({ id, reason: "simulated" }));
    const earlier = acknowledged.pauses.find(
      (pause) => pause.taskId === id && pause.untilMs === Number.POSITIVE_INFINITY,
    );
    if (paused && !earlier)
      acknowledged.pauses.push({
        taskId: id,
        fromMs: Math.max(fromMs, world.clock.now()),
        untilMs: Number.POSITIVE_INFINITY,
      });
  } else if (choice < 0.8) {
    // The pause may end at any moment of the call: from here on nothing is promised.
    for (const pause of acknowledged.pauses)
      if (pause.taskId === id) pause.untilMs = Math.min(pause.untilMs, world.clock.now());
    await settle(world, rota.tasks.resume({ id, from: random.next() < 0.5 ? "now" : "paused-at" }));
  } else if (choice < 0.9) {
    const runId = pick(random, [...acknowledged.runs]);
    if (runId !== undefined) await settle(world, rota.runs.cancel({ id: runId, reason: "simulated" }));
  } else if (choice < 0.95) {
    world.kill();
  } else {
    await world.clock.advance(Math.floor(random.next() * 60_000));
  }
}

async function createTask(world: World, acknowledged: Acknowledged): Promise<void> {
  const { random } = world;
  const everyMs = random.next() < 0.6 ? pick(random, [2000, 5000, 30_000, 60_000]) : undefined;
  const overlap = pick(random, ["skip", "allow", "queue", "cancel-previous"]) ?? "skip";
  const createdAtMs = world.clock.now();
  const task = await settle(
    world,
    world.rota?.tasks.create({
      name: `simulated ${acknowledged.tasks.size}`,
      type: "sim",
      params: { acts: acts(random) },
      trigger:
        everyMs === undefined
          ? { kind: "manual" }
          : { kind: "interval", every: everyMs, anchor: new Date(createdAtMs).toISOString() },
      overlap,
      misfire: { policy: pick(random, ["skip", "once", "all"]) ?? "once", grace: 2000 },
      retry: { maxAttempts: 3, delay: 500 },
      priority: 1 + Math.floor(random.next() * 10),
      ...(random.next() < 0.2 ? { concurrency: { limit: 1 } } : {}),
    } as never),
  );
  if (!isRecord(task) || typeof task["id"] !== "string") return;
  acknowledged.tasks.set(task["id"], {
    id: task["id"],
    overlap,
    createdAtMs,
    ...(everyMs === undefined ? {} : { everyMs }),
  });
}

function acts(random: SeededRandom): readonly Act[] {
  const all: readonly Act[] = [
    "ok",
    "fail",
    "fatal",
    "snooze",
    "steps",
    { takeMs: 1500, then: "ok" },
    { takeMs: 4000, then: "fail" },
  ];
  return [0, 1, 2].map(() => (random.next() < 0.4 ? "ok" : (pick(random, all) ?? "ok")));
}

function pick<Item>(random: SeededRandom, items: readonly Item[]): Item | undefined {
  return items[Math.floor(random.next() * items.length)];
}

/** A call's answer, or undefined when it was refused or its process died under it. Virtual time goes on meanwhile. */
async function settle<Value>(world: World, call: Promise<Value> | undefined): Promise<Value | undefined> {
  if (!call) return undefined;
  let answer: { readonly value: Value | undefined } | undefined;
  call.then(
    (value) => (answer = { value }),
    () => (answer = { value: undefined }),
  );
  for (let turn = 0; turn < 50 && !answer && world.life.isAlive; turn++) await world.clock.advance(0);
  return answer?.value;
}
