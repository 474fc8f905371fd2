// I2, I5, I7, I8, R1–R4, R8, R9: what was acknowledged and what was really done, held against the database.

import type { Deed, TaskSpec } from "../deeds.ts";
import { keyOf } from "./ids.ts";
import type { StateRow, Tables } from "./rows.ts";

type Start = Extract<Deed, { e: "start" }>;

export function deedViolations(
  deeds: readonly Deed[],
  tables: Tables,
  specs: ReadonlyMap<string, TaskSpec>,
): string[] {
  const story = new Story(tables, specs);
  for (const deed of deeds) story.hear(deed);
  return [...story.found, ...pausedDecisions(deeds, tables)];
}

/** What the clients asked for, by the name of the task. */
export function specsOf(deeds: readonly Deed[]): ReadonlyMap<string, TaskSpec> {
  const specs = new Map<string, TaskSpec>();
  for (const deed of deeds) if (deed.e === "call" && deed.spec) specs.set(deed.spec.name, deed.spec);
  return specs;
}

/** Reads the lines in their order and keeps what is true at each. */
class Story {
  readonly found: string[] = [];
  readonly #tables: Tables;
  readonly #specs: ReadonlyMap<string, TaskSpec>;
  readonly #stateOf: ReadonlyMap<number, StateRow>;
  /** Code at work, by run. */
  readonly #open = new Map<number, Start>();
  readonly #told = new Map<number, string>();
  readonly #stops = new Stops();
  readonly #cancelledRuns = new Set<number>();
  readonly #attempts = new Map<number, number>();
  readonly #succeeded = new Set<number>();
  /** The process in which a run failed for good. */
  readonly #fatal = new Map<number, number>();
  readonly #kept = new Set<string>();
  readonly #claims = new Map<number, number>();

  constructor(tables: Tables, specs: ReadonlyMap<string, TaskSpec>) {
    this.#tables = tables;
    this.#specs = specs;
    this.#stateOf = new Map(tables.states.map((state) => [state.key, state]));
  }

  hear(deed: Deed): void {
    switch (deed.e) {
      case "call":
      case "refused":
        return this.#stops.hear(deed);
      case "ack":
        this.#stops.hear(deed);
        return this.#acknowledged(deed);
      case "start":
        return this.#started(deed);
      case "end":
        return this.#ended(deed);
      case "step":
        if (this.#kept.has(`${deed.run} ${deed.name}`))
          this.found.push(
            `SEM 8: step ${deed.name} of ${deed.run} was performed again after it had been kept`,
          );
        return;
      case "kept":
        this.#kept.add(`${deed.run} ${deed.name}`);
        return;
      case "told":
        return this.#wasTold(deed.run, deed.status);
      case "gone":
        for (const [run, start] of this.#open) if (start.pid === deed.pid) this.#open.delete(run);
        return this.#stops.hear(deed);
      case "claimed":
        return this.#claimed(deed.run, deed.claim);
      case "settled":
        return this.#settled(deed.run, deed.claim);
      default:
        deed satisfies never;
    }
  }

  #acknowledged({ op, task, run, name }: Extract<Deed, { e: "ack" }>): void {
    if (op === "create" && task !== undefined) {
      const row = this.#tables.tasks.get(keyOf(task));
      if (!row) this.found.push(`R1 I5: the acknowledged task ${task} (${name}) is not there`);
      else if (row.name !== name)
        this.found.push(`R1: task ${task} was acknowledged as ${name} and is ${row.name}`);
    }
    if (run !== undefined && !this.#tables.births.has(keyOf(run)))
      this.found.push(`R1 I2 I5: the acknowledged run ${run} (${op}) is not there`);
    if (op === "cancel-run" && run !== undefined) this.#cancelledRuns.add(keyOf(run));
  }

  #started(start: Start): void {
    const { run, task, attempt, pid } = start;
    const key = keyOf(run);
    const state = this.#stateOf.get(key);
    if (!state) this.found.push(`I5: ${run} was started and is not there`);
    else if (state.claim < 1) this.found.push(`I5: ${run} was started and never claimed`);
    const told = this.#told.get(key);
    if (told !== undefined)
      this.found.push(`R2: ${run} was started again after its end (${told}) had been told`);
    if (this.#cancelledRuns.has(key))
      this.found.push(`I7: ${run} was started after its cancel had been acknowledged`);
    const stopped = this.#stops.of(keyOf(task))?.op;
    if (stopped !== undefined)
      this.found.push(`I7 R8: ${run} of ${task} was started after its ${stopped} had been acknowledged`);
    const other = this.#open.get(key);
    if (other)
      this.found.push(
        `R3: ${run} is at work twice: attempt ${other.attempt} in ${other.pid}, attempt ${attempt} in ${pid}`,
      );
    if (attempt < (this.#attempts.get(key) ?? 0))
      this.found.push(`R3: the attempts of ${run} went back to ${attempt}`);
    if (this.#fatal.get(key) === pid)
      this.found.push(`R11: ${run} was tried again although its failure was final`);
    this.#attempts.set(key, attempt);
    this.#open.set(key, start);
    this.#judgeCompany(start);
  }

  /** Limits and overlap hold at every instant. */
  #judgeCompany({ run, task }: Start): void {
    const spec = this.#specs.get(this.#tables.tasks.get(keyOf(task))?.name ?? "");
    if (!spec) return;
    const atWork = [...this.#open.values()].filter((start) => start.task === task).map((start) => start.run);
    if (spec.limit !== undefined && atWork.length > spec.limit)
      this.found.push(
        `R9 I8: ${atWork.length} runs of ${task} at work under a limit of ${spec.limit}: ${atWork.join(", ")}`,
      );
    if (spec.overlap !== "allow" && atWork.length > 1)
      this.found.push(
        `R9: ${run} of ${task} (${spec.overlap}) began while others were at work: ${atWork.join(", ")}`,
      );
  }

  #claimed(run: string, claim: number): void {
    const key = keyOf(run);
    const before = this.#claims.get(key) ?? 0;
    if (claim <= before) this.found.push(`R3: ${run} was given claim ${claim} after claim ${before}`);
    this.#claims.set(key, claim);
    if (this.#cancelledRuns.has(key))
      this.found.push(`I7: ${run} was given to a worker after its cancel had been acknowledged`);
    const told = this.#told.get(key);
    if (told !== undefined)
      this.found.push(`R2: ${run} was given to a worker after its end (${told}) had been told`);
  }

  #settled(run: string, claim: number): void {
    const newest = this.#claims.get(keyOf(run)) ?? 0;
    if (newest > claim)
      this.found.push(
        `R3 I3: an end of ${run} under claim ${claim} was accepted after claim ${newest} was given`,
      );
  }

  #ended({ run, pid, how }: Extract<Deed, { e: "end" }>): void {
    const key = keyOf(run);
    this.#open.delete(key);
    if (how === "ok") this.#succeeded.add(key);
    if (how === "fatal") this.#fatal.set(key, pid);
  }

  #wasTold(run: string, status: string): void {
    const key = keyOf(run);
    const state = this.#stateOf.get(key);
    if (!state || state.table !== "ended" || state.status !== status)
      this.found.push(
        `I3 R7: ${run} was told to be ${status} and is ${state?.status ?? "not there"} in ${state?.table ?? "no table"}`,
      );
    if (status === "completed" && !this.#succeeded.has(key))
      this.found.push(`R4: ${run} completed and its code never came to its end`);
    this.#told.set(key, status);
  }
}

interface Stop {
  readonly taskKey: number;
  readonly op: string;
  readonly fromMs: number;
  untilMs: number;
}

/**
 * Which tasks are stopped for certain: from the acknowledgement of a pause or cancel to the call that may end it. While
 * such a call is on its way nothing is certain, since it may be done before or after.
 */
class Stops {
  readonly all: Stop[] = [];
  readonly #open = new Map<number, Stop>();
  readonly #resuming = new Map<number, number>();

  of(taskKey: number): Stop | undefined {
    return this.#open.get(taskKey);
  }

  hear(deed: Deed): void {
    if (deed.e === "gone") return this.#resuming.clear();
    if ((deed.e !== "call" && deed.e !== "ack" && deed.e !== "refused") || deed.task === undefined) return;
    const taskKey = keyOf(deed.task);
    if (deed.op === "resume") this.#resume(taskKey, deed);
    const isStop =
      deed.e === "ack" &&
      (deed.op === "cancel-task" || (deed.op === "pause" && !this.#resuming.has(taskKey)));
    if (!isStop || this.#open.has(taskKey)) return;
    const stop: Stop = { taskKey, op: deed.op, fromMs: deed.at, untilMs: Number.POSITIVE_INFINITY };
    this.#open.set(taskKey, stop);
    this.all.push(stop);
  }

  #resume(taskKey: number, { e, at }: { readonly e: string; readonly at: number }): void {
    const onTheirWay = (this.#resuming.get(taskKey) ?? 0) + (e === "call" ? 1 : -1);
    if (onTheirWay > 0) this.#resuming.set(taskKey, onTheirWay);
    else this.#resuming.delete(taskKey);
    const stop = this.#open.get(taskKey);
    if (e !== "call" || stop === undefined || stop.op === "cancel-task") return;
    stop.untilMs = at;
    this.#open.delete(taskKey);
  }
}

/** Nothing is decided while a task is stopped. */
function pausedDecisions(deeds: readonly Deed[], tables: Tables): string[] {
  const stops = new Stops();
  for (const deed of deeds) stops.hear(deed);
  const decided = Map.groupBy(tables.occurrences, ({ taskKey }) => taskKey);
  return stops.all.flatMap(({ taskKey, fromMs, untilMs }) =>
    (decided.get(taskKey) ?? []).flatMap((row) =>
      row.decidedAtMs > fromMs && row.decidedAtMs < untilMs
        ? [
            `R8 I7: task ${taskKey} decided ${new Date(row.scheduledForMs).toISOString()} while it was stopped`,
          ]
        : [],
    ),
  );
}
