// Backfills: runs for past instants, made piece by piece under a durable cursor (SEM 15, N13).

import {
  mostBackfilled,
  type Backfill,
  type BackfillOverlap,
  type BackfillPlan,
} from "../domain/backfill.ts";
import { notFound, RotaError, validationFailed } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { Task, TaskDefinition } from "../domain/task.ts";
import type { CompiledTrigger } from "../domain/trigger/compile.ts";
import { Windows } from "../domain/trigger/windows.ts";
import type { CancelTimer } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import { keyOf, paramsText } from "./definition.ts";
import type { FirePlanner } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import type { RunService } from "./run-service.ts";
import type { TaskDefiner } from "./task-definer.ts";

/** Runs made in one transaction. */
const batch = 200;
/** Instants looked at for one range: windows may let few of many through. */
const mostLookedAt = 50_000;
/** Looks for backfills of a process that died beside us. */
const lookMs = 5000;
/** Waits while the ledger is away. */
const retryMs = 1000;
/** Backfills go behind what is due now. */
const defaultBackfillPriority = 3;

export interface BackfillInput {
  readonly fromMs: number;
  /** @default now */
  readonly toMs?: number;
  /** @default `allow` where the task says so, else `queue-all` */
  readonly overlap?: BackfillOverlap;
  /** @default 3 */
  readonly priority?: number;
  readonly params?: Json;
  readonly reason?: string;
  /** Refuses a range with more instants; 1–10,000. @default 1,000 */
  readonly limit?: number;
}

/** What a backfill would make. */
export interface BackfillPreview {
  readonly planned: number;
  readonly instantsMs: readonly number[];
}

export class Backfiller implements Service {
  readonly #parts: EngineParts;
  readonly #planner: FirePlanner;
  readonly #definer: TaskDefiner;
  readonly #runs: RunService;
  #running = false;
  #look: CancelTimer | undefined;
  /** Backfills this process is at work on. */
  readonly #driven = new Map<Key, Promise<void>>();

  constructor(
    parts: EngineParts,
    services: { readonly planner: FirePlanner; readonly definer: TaskDefiner; readonly runs: RunService },
  ) {
    this.#parts = parts;
    this.#planner = services.planner;
    this.#definer = services.definer;
    this.#runs = services.runs;
  }

  /** Goes on with what was left unfinished. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    await this.#lookAround();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#look?.();
    await Promise.all(this.#driven.values());
  }

  /** @throws NOT_FOUND, VALIDATION_FAILED (no instants, or more than `limit`) */
  async preview(task: Task, input: BackfillInput): Promise<BackfillPreview> {
    const { instantsMs } = this.#instants(task, input);
    return { planned: instantsMs.length, instantsMs };
  }

  /**
   * Begins to make runs for the instants of a range; it is stored when this resolves and goes on after a restart.
   *
   * @throws VALIDATION_FAILED as {@link preview}, INVALID_PARAMETERS, ILLEGAL_TRANSITION (the task is cancelled)
   */
  async create(task: Task, input: BackfillInput, actor: string): Promise<Backfill> {
    const { fromMs, toMs, instantsMs } = this.#instants(task, input);
    if (instantsMs.length === 0) throw refused("from", "there is no instant of the schedule in this range");
    const { definition } = task;
    const params = await this.#params(definition, input.params);
    const concurrencyKey = keyOf(definition.concurrency?.key, input.params ?? definition.params);
    const plan: BackfillPlan = {
      taskKey: task.key,
      revision: task.revision,
      anchorMs: task.anchorMs,
      fromMs,
      toMs,
      planned: instantsMs.length,
      overlap: input.overlap ?? (definition.overlap.policy === "allow" ? "allow" : "queue-all"),
      priority: input.priority ?? defaultBackfillPriority,
      actor,
      ...(params === undefined ? {} : { params }),
      ...(concurrencyKey === undefined ? {} : { concurrencyKey }),
      ...(input.reason === undefined ? {} : { reason: input.reason }),
    };
    const backfill = await this.#parts.ledger.backfills.create(plan, this.#parts.clock.now());
    if (backfill === undefined) {
      const id = this.#parts.ids.encode("task", task.key);
      throw new RotaError("ILLEGAL_TRANSITION", `task ${id} is cancelled`, {
        details: { status: "cancelled" },
      });
    }
    this.#drive(backfill);
    return backfill;
  }

  /** @throws NOT_FOUND */
  async get(key: Key): Promise<Backfill> {
    const backfill = await this.#parts.ledger.backfills.get(key);
    if (backfill === undefined) throw notFound("backfill", this.#parts.ids.encode("backfill", key));
    return backfill;
  }

  /** Makes no more runs and asks the live ones to stop; one that is over stays as it is. @throws NOT_FOUND */
  async cancel(key: Key, options: { readonly reason?: string }, actor: string): Promise<Backfill> {
    const request = this.#runs.cancelRequest({ reason: "the backfill was cancelled", ...options }, actor);
    const backfill = await this.#parts.ledger.backfills.cancel(key, request, this.#parts.clock.now());
    if (backfill === undefined) throw notFound("backfill", this.#parts.ids.encode("backfill", key));
    return backfill;
  }

  async #params(definition: TaskDefinition, given: Json | undefined): Promise<string | undefined> {
    if (given === undefined) return undefined;
    const checked = await this.#definer.checkParams(definition.type, given);
    return paramsText(checked, this.#parts.settings.limits);
  }

  #instants(task: Task, { fromMs, limit = 1000, ...input }: BackfillInput) {
    const nowMs = this.#parts.clock.now();
    const { toMs = nowMs } = input;
    if (toMs > nowMs)
      throw refused("to", "a backfill is of the past; the schedule itself sees to what comes");
    if (fromMs > toMs) throw refused("from", "must not be later than `to`");
    const source = this.#source(task.definition, task.anchorMs);
    const most = Math.min(limit, mostBackfilled);
    const instantsMs = source.between(fromMs - 1, toMs, most + 1);
    if (instantsMs.length > most) {
      throw refused(
        "limit",
        `the range has more than ${most} instants; make it shorter, or the limit larger (at most ${mostBackfilled})`,
      );
    }
    return { fromMs, toMs, instantsMs };
  }

  #source(definition: TaskDefinition, anchorMs: number): PastInstants {
    const { trigger } = definition;
    const compiled = this.#planner.compile(trigger, anchorMs);
    if (!compiled.hasInstants || compiled.fixedDelayMs !== undefined) {
      const kind = compiled.hasInstants ? "fixed-delay" : trigger.kind;
      throw refused("taskId", `a ${kind} trigger has no instants that could be filled in`);
    }
    return new PastInstants(compiled, new Windows(definition.windows, compiled.zone));
  }

  async #lookAround(): Promise<void> {
    try {
      for (const backfill of await this.#parts.ledger.backfills.unfinished(100)) this.#drive(backfill);
    } catch {
      // The ledger is away; the next look tells more.
    }
    // Beside other processes there may be one that died in the middle.
    if (this.#running && this.#parts.ledger.capabilities.sharedByProcesses)
      this.#look = this.#parts.clock.after(lookMs, () => void this.#lookAround(), { idle: true });
  }

  #drive(backfill: Backfill): void {
    if (!this.#running || this.#driven.has(backfill.key)) return;
    const done = this.#carryOn(backfill).finally(() => this.#driven.delete(backfill.key));
    this.#driven.set(backfill.key, done);
  }

  /** Piece by piece; a step that is refused was taken by somebody else, or the backfill is over. */
  async #carryOn(begun: Backfill): Promise<void> {
    const { ledger, clock } = this.#parts;
    let backfill: Backfill | undefined = begun;
    let source: PastInstants | undefined;
    while (this.#running && backfill?.status === "running" && backfill.cursorMs < backfill.toMs) {
      const { key, cursorMs, toMs, taskKey, revision, anchorMs } = backfill;
      try {
        const definition =
          source === undefined ? await ledger.tasks.definitionAt(taskKey, revision) : undefined;
        if (definition !== undefined) source = this.#source(definition, anchorMs);
        if (source === undefined) return;
        const instantsMs = source.between(cursorMs, toMs, batch);
        const lastMs = instantsMs.at(-1) ?? toMs;
        const isLast = instantsMs.length < batch || lastMs === toMs;
        const throughMs = isLast ? toMs : lastMs;
        await ledger.backfills.advance({ key, cursorMs, throughMs, instantsMs, isLast }, clock.now());
        backfill = await ledger.backfills.get(key);
      } catch {
        await new Promise<void>((resolve) => void clock.after(retryMs, resolve));
      }
    }
  }
}

/** Instants of a trigger within the task's windows. */
class PastInstants {
  readonly #compiled: CompiledTrigger;
  readonly #windows: Windows;

  constructor(compiled: CompiledTrigger, windows: Windows) {
    this.#compiled = compiled;
    this.#windows = windows;
  }

  /** After the one and up to the other moment, at most `count`. */
  between(afterMs: number, toMs: number, count: number): readonly number[] {
    const found: number[] = [];
    let at = this.#compiled.next(afterMs);
    for (let looked = 0; at !== undefined && at <= toMs && found.length < count; looked++) {
      if (looked > mostLookedAt) throw refused("from", `the range has more than ${mostLookedAt} instants`);
      if (this.#windows.isInside(at)) found.push(at);
      at = this.#compiled.next(at);
    }
    return found;
  }
}

function refused(path: string, message: string): RotaError {
  return validationFailed([{ path, code: "INVALID_VALUE", message }]);
}
