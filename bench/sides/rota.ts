// Rota as a user runs it: the compiled library, in the measured process itself.
//
// Settings: concurrency (default 100), ledgerThread ("thread" or "main"), worker (false: this process never executes).

import { rmSync } from "node:fs";
import { join } from "node:path";
import { createRota, defineExecutor, type Rota } from "./library.ts";
import {
  numberOf,
  type Handler,
  type Payload,
  type Place,
  type QueueSide,
  type Schedule,
  type SchedulerSide,
  type SideSettings,
} from "./side.ts";

const taskName = "bench";

export function openQueue(place: Place, settings: SideSettings): QueueSide {
  return new RotaQueue(place, settings);
}

export function openScheduler(place: Place, settings: SideSettings): SchedulerSide {
  const path = fileOf(place);
  let rota: Rota | undefined;
  const opened = (): Rota => rota ?? fail();
  return {
    reset: async () => remove(path),
    open: async (fire) => {
      const run = async (params: { readonly group: string }): Promise<void> => fire(params.group);
      rota = await create(path, settings, { run, start: true });
    },
    schedule: (schedule) => opened().tasks.create(taskOf(schedule)),
    scheduleMany: (schedules) => opened().tasks.createMany(schedules.map(taskOf)),
    close: () => opened().stop({ graceMs: 100 }),
  };
}

function taskOf({ key, cron, group }: Schedule) {
  return {
    name: key,
    type: "noop",
    params: { group },
    trigger: { kind: "cron", expression: cron, timezone: "UTC" },
  } as const;
}

class RotaQueue implements QueueSide {
  readonly #path: string;
  readonly #settings: SideSettings;
  #rota: Rota | undefined;
  #taskId = "";
  #handler: Handler = async () => undefined;

  constructor(place: Place, settings: SideSettings) {
    this.#path = fileOf(place);
    this.#settings = settings;
  }

  async reset(): Promise<void> {
    remove(this.#path);
  }

  async open(): Promise<void> {
    const run = (params: Payload): Promise<void> => this.#handler(params);
    this.#rota = await create(this.#path, this.#settings, { run, start: false });
    const [known] = (await this.#rota.tasks.list({ limit: 1 })).items;
    this.#taskId = (known ?? (await this.#rota.tasks.create({ name: taskName, type: "noop" }))).id;
  }

  add(payload: Payload): Promise<unknown> {
    return this.#opened().trigger(this.#taskId, { params: payload });
  }

  addMany(payloads: readonly Payload[]): Promise<unknown> {
    return this.#opened().triggerMany(
      this.#taskId,
      payloads.map((params) => ({ params })),
    );
  }

  async work(handler: Handler): Promise<void> {
    this.#handler = handler;
    await this.#opened().start();
  }

  async remaining(): Promise<number> {
    const { runs } = await this.#opened().stats.get({});
    return runs.total - runs.completed;
  }

  async close(): Promise<void> {
    await this.#rota?.stop({ graceMs: 100 });
  }

  #opened(): Rota {
    return this.#rota ?? fail();
  }
}

interface Behaviour<Params> {
  readonly run: (params: Params) => Promise<void>;
  readonly start: boolean;
}

function create<Params>(
  path: string,
  settings: SideSettings,
  { run, start }: Behaviour<Params>,
): Promise<Rota> {
  const noop = defineExecutor<Params, void>({ type: "noop", run });
  return createRota({
    database: `sqlite:${path}`,
    executors: [noop],
    concurrency: numberOf(settings, "concurrency", 100),
    ledgerThread: settings["ledgerThread"] === "main" ? "main" : "thread",
    start,
  });
}

function fileOf(place: Place): string {
  return join(place.folder, "rota.db");
}

function remove(path: string): void {
  for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(path + end, { force: true });
}

function fail(): never {
  throw new Error("open was not called");
}
