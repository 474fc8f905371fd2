// What people do to backfills: look at what one would make, begin one, cancel one (SEM 15, N13).

import {
  mostBackfilled,
  type Backfill,
  type BackfillOverlap,
  type BackfillPlan,
} from "../domain/backfill.ts";
import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { Task, TaskDefinition } from "../domain/task.ts";
import { keyOf, paramsText } from "./definition.ts";
import type { FirePlanner } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import { pastInstantsOf, refusedRange } from "./past-instants.ts";
import type { RunService } from "./run-service.ts";
import type { TaskDefiner } from "./task-definer.ts";

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

export interface BackfillServices {
  readonly planner: FirePlanner;
  readonly definer: TaskDefiner;
  readonly runs: RunService;
  /** Told of each backfill that is stored: whoever drives them need not find it first. */
  readonly drive: (backfill: Backfill) => void;
}

export class BackfillService {
  readonly #parts: EngineParts;
  readonly #services: BackfillServices;

  constructor(parts: EngineParts, services: BackfillServices) {
    this.#parts = parts;
    this.#services = services;
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
    if (instantsMs.length === 0)
      throw refusedRange("from", "there is no instant of the schedule in this range");
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
    this.#services.drive(backfill);
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
    const request = this.#services.runs.cancelRequest(
      { reason: "the backfill was cancelled", ...options },
      actor,
    );
    const backfill = await this.#parts.ledger.backfills.cancel(key, request, this.#parts.clock.now());
    if (backfill === undefined) throw notFound("backfill", this.#parts.ids.encode("backfill", key));
    return backfill;
  }

  async #params(definition: TaskDefinition, given: Json | undefined): Promise<string | undefined> {
    if (given === undefined) return undefined;
    const checked = await this.#services.definer.checkParams(definition.type, given);
    return paramsText(checked, this.#parts.settings.limits);
  }

  #instants(task: Task, { fromMs, limit = 1000, ...input }: BackfillInput) {
    const nowMs = this.#parts.clock.now();
    const { toMs = nowMs } = input;
    if (toMs > nowMs)
      throw refusedRange("to", "a backfill is of the past; the schedule itself sees to what comes");
    if (fromMs > toMs) throw refusedRange("from", "must not be later than `to`");
    const source = pastInstantsOf(task.definition, task.anchorMs, this.#services.planner);
    const most = Math.min(limit, mostBackfilled);
    const instantsMs = source.between(fromMs - 1, toMs, most + 1);
    if (instantsMs.length > most) {
      throw refusedRange(
        "limit",
        `the range has more than ${most} instants; make it shorter, or the limit larger (at most ${mostBackfilled})`,
      );
    }
    return { fromMs, toMs, instantsMs };
  }
}
