// The load: clients that create, schedule, trigger, pause, resume and cancel, and write down what they were told.

import { fieldOf, Gone, itemsOf, Refused, text, type Call } from "./api.ts";
import type { Deed, DeedLog, Operation, TaskSpec } from "./deeds.ts";
import type { Act } from "./programs/work.ts";
import type { Chance } from "./seed.ts";

const terminal = new Set(["completed", "failed", "cancelled", "timed_out", "skipped"]);
/** Answers that a client meets in normal life. */
const normal = new Set(["OVERLAP", "TASK_PAUSED", "ILLEGAL_TRANSITION", "NOT_FOUND", "TASK_CANCELLED"]);
const mostScheduled = 14;
const mostManual = 6;
const remembered = 100;

interface Known {
  readonly id: string;
  readonly isScheduled: boolean;
}

/** What the clients know; made anew from the effects ledger when the process of the clients itself was killed. */
export class Memory {
  readonly tasks = new Map<string, Known>();
  readonly runs: string[] = [];
  created = 0;

  static of(deeds: readonly Deed[]): Memory {
    const memory = new Memory();
    const specs = new Map<string, TaskSpec>();
    for (const deed of deeds) {
      if (deed.e === "call" && deed.spec) {
        specs.set(deed.spec.name, deed.spec);
        memory.created++;
      } else if (deed.e === "call" && deed.op === "cancel-task" && deed.task !== undefined) {
        memory.tasks.delete(deed.task);
      } else if (deed.e === "ack" && deed.op === "create" && deed.task !== undefined) {
        const spec = specs.get(deed.name ?? "");
        memory.tasks.set(deed.task, {
          id: deed.task,
          isScheduled: spec?.everyMs !== undefined || spec?.cron !== undefined,
        });
      } else if (deed.e === "ack" && deed.op === "trigger" && deed.run !== undefined) {
        memory.remember(deed.run);
      }
    }
    return memory;
  }

  remember(run: string): void {
    this.runs.push(run);
    if (this.runs.length > remembered) this.runs.shift();
  }
}

export interface LoadOptions {
  readonly call: Call;
  readonly deeds: DeedLog;
  readonly chance: Chance;
  readonly memory: Memory;
}

/** One client. `work` goes on until it is told to stop or nobody answers any more. */
export class Client {
  readonly #call: Call;
  readonly #deeds: DeedLog;
  readonly #chance: Chance;
  readonly #memory: Memory;
  #isStopped = false;

  constructor({ call, deeds, chance, memory }: LoadOptions) {
    this.#call = call;
    this.#deeds = deeds;
    this.#chance = chance;
    this.#memory = memory;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async work(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#act();
      } catch (error) {
        if (error instanceof Gone) return;
        if (!(error instanceof Refused) || !normal.has(error.code)) throw error;
      }
      // Real clients do other things too; without a turn of the loop one in the same process would starve all timers.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #act(): Promise<void> {
    const tasks = [...this.#memory.tasks.values()];
    const scheduled = tasks.filter(({ isScheduled }) => isScheduled).length;
    const task = this.#chance.any(tasks);
    const run = this.#chance.any(this.#memory.runs);
    const choice = this.#chance.next();
    if (
      task === undefined ||
      (choice < 0.12 && (scheduled < mostScheduled || tasks.length - scheduled < mostManual))
    )
      return this.#create(scheduled < mostScheduled);
    if (choice < 0.6) return this.#trigger(task);
    if (choice < 0.68) return this.#onTask("pause", "tasks.pause", { id: task.id, reason: "fault test" });
    if (choice < 0.82)
      return this.#onTask("resume", "tasks.resume", {
        id: task.id,
        from: this.#chance.pick(["now", "paused-at"]),
      });
    if (choice < 0.84 && tasks.length > 8) return this.#cancelTask(task);
    if (run === undefined) return this.#trigger(task);
    if (choice < 0.92) return this.#cancelRun(run);
    return this.#look(run);
  }

  /** Makes a call and writes down what was asked and what was answered; no answer leaves it open. */
  async #ask(
    op: Operation,
    about: { readonly task?: string; readonly run?: string; readonly spec?: TaskSpec },
    call: readonly [operation: string, input: Record<string, unknown>],
  ): Promise<unknown> {
    this.#deeds.write({ e: "call", op, at: Date.now(), ...about });
    let answer: unknown;
    try {
      answer = await this.#call(...call);
    } catch (error) {
      const { task, run } = about;
      if (error instanceof Refused)
        this.#deeds.write({
          e: "refused",
          op,
          at: Date.now(),
          ...(task === undefined ? {} : { task }),
          ...(run === undefined ? {} : { run }),
        });
      throw error;
    }
    const at = Date.now();
    if (about.spec) this.#deeds.write({ e: "ack", op, at, task: text(answer, "id"), name: about.spec.name });
    else if (op === "trigger") this.#deeds.write({ e: "ack", op, at, ...about, run: text(answer, "id") });
    else this.#deeds.write({ e: "ack", op, at, ...about });
    return answer;
  }

  async #create(isScheduled: boolean): Promise<void> {
    const chance = this.#chance;
    const name = `task ${++this.#memory.created}`;
    const everyMs = chance.pick([1000, 1000, 2000]);
    const spec: TaskSpec = {
      name,
      overlap: chance.pick(["allow", "skip", "queue", "cancel-previous"]),
      maxAttempts: 3,
      ...(chance.next() < 0.3 ? { limit: chance.whole(1, 2) } : {}),
      ...(!isScheduled
        ? {}
        : chance.next() < 0.7
          ? { everyMs, anchorMs: anchor(chance) }
          : { cron: everyMs === 1000 ? "* * * * * *" : "*/2 * * * * *" }),
    };
    const input = {
      name,
      type: "work",
      params: { acts: acts(chance) },
      trigger: triggerOf(spec),
      overlap: spec.overlap === "queue" ? { policy: "queue", max: 3 } : spec.overlap,
      misfire: { policy: chance.pick(["skip", "once", "all"]), grace: 500, cap: 5 },
      retry: { maxAttempts: spec.maxAttempts, delay: 50, maxDelay: 200 },
      priority: chance.whole(1, 10),
      ...(spec.limit === undefined ? {} : { concurrency: { limit: spec.limit } }),
    };
    const id = text(await this.#ask("create", { spec }, ["tasks.create", input]), "id");
    this.#memory.tasks.set(id, { id, isScheduled });
  }

  async #trigger({ id }: Known): Promise<void> {
    const delay = this.#chance.next() < 0.1 ? { delay: this.#chance.whole(1, 1500) } : {};
    const run = await this.#ask("trigger", { task: id }, [
      "tasks.trigger",
      { id, params: { acts: acts(this.#chance) }, ...delay },
    ]);
    this.#memory.remember(text(run, "id"));
  }

  async #onTask(op: "pause" | "resume", operation: string, input: Record<string, unknown>): Promise<void> {
    await this.#ask(op, { task: text(input, "id") }, [operation, input]);
  }

  async #cancelTask({ id }: Known): Promise<void> {
    this.#memory.tasks.delete(id);
    await this.#ask("cancel-task", { task: id }, ["tasks.cancel", { id, reason: "fault test" }]);
  }

  async #cancelRun(run: string): Promise<void> {
    this.#told(
      run,
      await this.#ask("cancel-run", { run }, ["runs.cancel", { id: run, reason: "fault test", grace: 1000 }]),
    );
  }

  async #look(run: string): Promise<void> {
    this.#told(run, await this.#call("runs.get", { id: run }));
  }

  #told(run: string, answer: unknown): void {
    const status = text(answer, "status");
    if (terminal.has(status)) this.#deeds.write({ e: "told", run, status });
  }
}

/** Lets everything go on that a client held back. */
export async function resumeAll(call: Call, deeds: DeedLog): Promise<void> {
  for (const task of await itemsOf(call, "tasks.list", { status: "paused" })) {
    const id = text(task, "id");
    deeds.write({ e: "call", op: "resume", at: Date.now(), task: id });
    await call("tasks.resume", { id, from: "now" });
  }
}

/** Every active schedule has its next instant ahead of it: what was due has been decided. */
export async function schedulesGoOn(call: Call, withinMs: number): Promise<void> {
  await until(
    "schedules go on",
    async () => {
      const tasks = await itemsOf(call, "tasks.list", { status: "active" });
      const late = tasks.filter((task) => {
        const at = fieldOf(task, "nextFireAt");
        return typeof at === "string" && Date.parse(at) < Date.now() - 200;
      });
      return late.length === 0 ? undefined : `${late.length} of ${tasks.length} are late`;
    },
    withinMs,
  );
}

/** Ends all schedules; what they started and what waits runs to its end. Resolves when nothing is live. */
export async function finishAll(call: Call, withinMs = 30_000): Promise<void> {
  for (const task of await itemsOf(call, "tasks.list", { status: "active" }))
    await call("tasks.cancel", { id: text(task, "id"), runs: "finish" });
  const live = ["blocked", "pending", "running", "waiting", "retrying", "paused", "cancelling"];
  const look = async (): Promise<string | undefined> => {
    const runs = fieldOf(await call("stats.get", {}), "runs");
    const counts = live.map((status) => Number(fieldOf(runs, status) ?? 0));
    return counts.every((count) => count === 0)
      ? undefined
      : `live: ${live.map((status, i) => `${counts[i]} ${status}`).join(", ")}`;
  };
  await until("nothing is live", look, withinMs);
}

/** Looks again and again until `look` gives no objection any more. */
export async function until(
  what: string,
  look: () => Promise<string | undefined> | string | undefined,
  withinMs = 30_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (let objection = await look(); objection !== undefined; objection = await look()) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${withinMs} ms; ${objection}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function triggerOf({ everyMs, anchorMs, cron }: TaskSpec): Record<string, unknown> {
  if (cron !== undefined) return { kind: "cron", expression: cron, timezone: "UTC" };
  if (everyMs === undefined || anchorMs === undefined) return { kind: "manual" };
  return { kind: "interval", every: everyMs, anchor: new Date(anchorMs).toISOString() };
}

/** Grids of different tasks fall on different milliseconds. */
function anchor(chance: Chance): number {
  return Date.parse("2026-01-01T00:00:00Z") + chance.whole(0, 999);
}

function acts(chance: Chance): readonly Act[] {
  const one = (): Act => {
    const what = chance.next();
    if (what < 0.4) return "ok";
    if (what < 0.5) return "fail";
    if (what < 0.55) return "fatal";
    if (what < 0.65) return "steps";
    return { takeMs: chance.whole(10, 400), then: chance.next() < 0.9 ? "ok" : "fail" };
  };
  return [one(), one(), one()];
}
