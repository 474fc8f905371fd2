// Rota as a library: the running whole, its operations and its events.

import { RotaError } from "../domain/errors.ts";
import type { EventType, RotaEvent } from "../domain/event.ts";
import type { IdCodec, Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { TriggerInput } from "../domain/task-input.ts";
import type { Engine } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import type { StartedRun } from "../engine/run-service.ts";
import { localPrincipal, type Principal } from "../contract/principal.ts";
import { operationNames, type OperationName } from "../contract/routes.ts";
import type { Calls } from "../contract/calls.ts";
import type { Executor } from "../ports/executor.ts";
import type { Gatekeeper } from "../operations/gatekeeper.ts";
import type { Invoke } from "../operations/invoke.ts";
import type { Services } from "../operations/services.ts";
import { RunHandle } from "./run-handle.ts";
import type { DeclaredTask, OutputOf, ParamsOf, TypedTasks, TypeOf, WithSecrets } from "./typed-tasks.ts";

/** What a listener hears: ids as text, instants as ISO 8601. */
export interface HeardEvent {
  readonly type: EventType;
  /** When it happened, in UTC. */
  readonly at: string;
  /** Place in the feed of all events; grows with commit order. */
  readonly position: number;
  readonly taskId: string;
  readonly runId?: string;
  /** Number of this event among those of its run, from 1. */
  readonly seq?: number;
  /** What belongs to this type of event, such as the reason of a pause. */
  readonly data?: Json;
}

/** What a Rota is made with, beside its parts. */
export interface RotaTerms {
  /** Whether a started Rota keeps the process from ending when its own work is done. */
  readonly staysAlive: boolean;
  /** Tasks that shall be there when it starts. */
  readonly tasks: readonly Declared[];
}

/** Checked as an input of `tasks.upsert` when it starts. */
type Declared = Pick<DeclaredTask, "externalId">;

/** A task as the typed methods know it: its id, and in the type system what its params and output are. */
export interface TaskRef<Type extends string = string> {
  readonly id: string;
  readonly type: Type;
}

/**
 * A running Rota. `rota.tasks`, `rota.runs`, `rota.queues`, … are the operations of the catalogue, with the very inputs
 * and outputs of the HTTP API; `trigger` and `triggerMany` are the short way for busy callers. Made by `createRota`;
 * `await using` stops it at the end of its block. After `stop()` every call is refused with CLOSED.
 */
export class Rota<Executors extends readonly Executor[] = readonly Executor[]> implements AsyncDisposable {
  readonly tasks: TypedTasks<Executors>;
  readonly runs: Calls["runs"];
  readonly backfills: Calls["backfills"];
  readonly errors: Calls["errors"];
  readonly queues: Calls["queues"];
  readonly executors: Calls["executors"];
  readonly workers: Calls["workers"];
  readonly schedules: Calls["schedules"];
  readonly stats: Calls["stats"];
  readonly maintenance: Calls["maintenance"];
  readonly keys: Calls["keys"];
  readonly audit: Calls["audit"];
  readonly #parts: EngineParts;
  readonly #engine: Engine;
  readonly #staysAlive: boolean;
  readonly #tasks: readonly Declared[];
  #invoke: Promise<Invoke> | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: EngineParts, engine: Engine, { staysAlive, tasks }: RotaTerms) {
    this.#parts = parts;
    this.#engine = engine;
    this.#staysAlive = staysAlive;
    this.#tasks = tasks;
    const calls = this.#calls();
    const createMany = async (items: readonly unknown[]) => {
      const { tasks } = await calls.tasks.createMany({ items: items as never }); // checked like all input
      return tasks;
    };
    // The catalogue's own types, narrowed by the executors given: params and output follow from `type`.
    this.tasks = { ...calls.tasks, createMany } as unknown as TypedTasks<Executors>;
    this.runs = calls.runs;
    this.backfills = calls.backfills;
    this.errors = calls.errors;
    this.queues = calls.queues;
    this.executors = calls.executors;
    this.workers = calls.workers;
    this.schedules = calls.schedules;
    this.stats = calls.stats;
    this.maintenance = calls.maintenance;
    this.keys = calls.keys;
    this.audit = calls.audit;
  }

  /**
   * Puts the tasks it was created with in place, then begins to decide and to execute; `createRota` has done so already
   * unless told `start: false`. Again is harmless.
   *
   * @throws CLOSED after `stop()`: create a new one
   * @throws what `tasks.upsert` throws, for a task it was created with
   */
  async start(): Promise<void> {
    this.#open();
    await Promise.all(this.#tasks.map((task, index) => this.#declare(task, index)));
    await this.#engine.start();
    // Schedules are a reason to stay: without this a program whose own work is done would end.
    this.#stayAlive();
  }

  /**
   * Stops claiming, lets what runs finish for `graceMs`, interrupts and gives back the rest, closes the database. Asked
   * again, it waits for the first to be done.
   *
   * @param options.graceMs - milliseconds, 0–3,600,000. @default 25,000
   */
  async stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.graceMs ?? 25_000);
    await this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    // Nothing else holds the process while it waits for what runs: it must not end in the middle of stopping.
    this.#stayAlive();
    try {
      await this.#engine.stop({ graceMs });
      await Promise.all(Object.values(this.#parts.hosts).map((host) => host.close()));
      await this.#parts.broker.close();
      await this.#parts.ledger.close();
    } finally {
      clearInterval(this.#keepAlive);
    }
  }

  async #declare(task: Declared, index: number): Promise<void> {
    try {
      await this.invoke("tasks.upsert", task);
    } catch (error) {
      if (!RotaError.isInstance(error)) throw error;
      // Somebody cancelled it for good: that outlasts the program's wish.
      if (error.code === "ILLEGAL_TRANSITION") return;
      const place = `tasks.${index} (${String(task?.externalId)})`;
      const { code, details, retryable } = error;
      throw new RotaError(code, `${place}: ${error.message}`, { details, retryable, cause: error });
    }
  }

  #stayAlive(): void {
    if (this.#staysAlive) this.#keepAlive ??= setInterval(() => undefined, 2 ** 30);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Turns the keys in telemetry into ids, and back. */
  get ids(): IdCodec {
    return this.#parts.ids;
  }

  /** Notes under which URL this Rota is reached, for commands that find its database owned (SEM 34). */
  async announce(url: string): Promise<void> {
    await this.#parts.ledger.setUrl(url);
  }

  /** Whether due instants are being decided: false before `start()`, after `stop()`, and when deciding is stuck for 10 s. */
  get isDeciding(): boolean {
    return this.#engine.isDeciding;
  }

  /**
   * Makes one run of a task; committed when this resolves. Params and output are typed by the task's executor, if the
   * task is given as `tasks.create` returned it and not by its id.
   *
   * @param input.delayMs - milliseconds until the run is due. @default 0
   * @throws NOT_FOUND when there is no such task
   * @throws INVALID_PARAMETERS when its executor refuses the params
   * @throws ALREADY_EXISTS when a run has the `dedup` key and `onConflict` is `reject`
   * @throws OVERLAP when a run of it has not ended and its overlap policy says skip
   * @throws TASK_PAUSED when it is paused, unless `force` is true
   * @throws ILLEGAL_TRANSITION when it was cancelled
   * @throws OVERLOADED, LEDGER_UNAVAILABLE when nothing can be stored now; nothing was
   */
  async trigger<Type extends TypeOf<Executors>>(
    task: TaskRef<Type> | string,
    input: Omit<TriggerInput, "params"> & { readonly params?: WithSecrets<ParamsOf<Executors, Type>> } = {},
  ): Promise<RunHandle<OutputOf<Executors, Type>>> {
    const key = this.#taskKey(task);
    return this.#handle(await this.#engine.tasks.trigger(key, asJson(input), localPrincipal.actor));
  }

  /**
   * Makes many runs of a task in one transaction, in order: all of them or none.
   *
   * @param inputs - at most `limits.bulkItems`, which is 1,000 by default
   * @throws VALIDATION_FAILED when there are more
   * @throws what {@link Rota.trigger} throws, for the first that is refused: `details.index` is its place, and none is stored
   */
  async triggerMany<Type extends TypeOf<Executors>>(
    task: TaskRef<Type> | string,
    inputs: readonly (Omit<TriggerInput, "params"> & {
      readonly params?: WithSecrets<ParamsOf<Executors, Type>>;
    })[],
  ): Promise<readonly RunHandle<OutputOf<Executors, Type>>[]> {
    const { bulkItems } = this.#parts.settings.limits;
    if (inputs.length > bulkItems) {
      throw new RotaError("VALIDATION_FAILED", `at most ${bulkItems} runs at once, got ${inputs.length}`);
    }
    const key = this.#taskKey(task);
    const runs = await this.#engine.tasks.triggerMany(key, inputs.map(asJson), localPrincipal.actor);
    return runs.map((run) => this.#handle(run));
  }

  /**
   * Calls `listener` after the commit of each event of this type (`"*"`: of all), in commit order; returns how to stop.
   * A listener that throws is reported to telemetry and harms nobody. Nothing that was committed before is told.
   */
  on(type: EventType | "*", listener: (event: HeardEvent) => void | Promise<void>): () => void {
    return this.#engine.events.on(type, (event) => listener(this.#heard(event)));
  }

  /**
   * Performs an operation of the catalogue by name: the one way in for every face.
   *
   * @param input - untrusted: checked against the operation's schema
   * @param principal - who asks. @default the caller on this machine, who may do everything
   * @throws FORBIDDEN when the principal's role does not reach
   * @throws VALIDATION_FAILED when the input is not what the operation accepts, with `details.issues`
   * @throws what the operation itself throws
   */
  async invoke(name: OperationName, input: unknown, principal: Principal = localPrincipal): Promise<unknown> {
    this.#open();
    this.#invoke ??= this.#loadOperations();
    return (await this.#invoke)(name, input, principal);
  }

  /** Tells callers by their API keys and sessions, for a face that lets others in. */
  async gatekeeper(): Promise<Gatekeeper> {
    this.#open();
    const { Gatekeeper: Keeper } = await import("../operations/gatekeeper.ts");
    return new Keeper(await this.#services());
  }

  /** Schemas and handlers are loaded with the first operation: a program that only triggers starts without them. */
  async #loadOperations(): Promise<Invoke> {
    const { createInvoke } = await import("../operations/invoke.ts");
    return createInvoke(await this.#services());
  }

  async #services(): Promise<Services> {
    const { NodeSecrets } = await import("./node-secrets.ts");
    const { ledger, clock, ids, calculators, settings } = this.#parts;
    const { explain, maintenance } = this.#engine;
    const services: Services = {
      engine: this.#engine,
      ledger,
      clock,
      ids,
      calculators,
      secrets: new NodeSecrets(),
      limits: settings.limits,
      defaults: { timezone: settings.defaultTimezone, minIntervalMs: settings.minIntervalMs },
      over: (view) => ({
        ...services,
        ledger: view,
        engine: { explain, maintenance, ...this.#engine.over(view) },
      }),
    };
    return services;
  }

  #calls(): Calls {
    const calls: Record<string, Record<string, (input?: unknown) => Promise<unknown>>> = {};
    for (const name of operationNames) {
      const [noun = "", verb = ""] = name.split(".");
      (calls[noun] ??= {})[verb] = (input = {}) => this.invoke(name, input);
    }
    // One function for each name of the catalogue, which is what the type says.
    return calls as unknown as Calls;
  }

  #taskKey(task: TaskRef | string): Key {
    this.#open();
    const id = typeof task === "string" ? task : String(task?.id);
    const key = this.#parts.ids.decode("task", id);
    if (key === undefined)
      throw new RotaError("NOT_FOUND", `task ${id} not found`, { details: { kind: "task", id } });
    return key;
  }

  #handle<Output>(run: StartedRun): RunHandle<Output> {
    const isClosed = (): boolean => this.#closing !== undefined;
    return new RunHandle({ ids: this.#parts.ids, runs: this.#engine.runs, isClosed }, run);
  }

  #heard(event: RotaEvent): HeardEvent {
    const { ids } = this.#parts;
    return {
      type: event.type,
      at: new Date(event.atMs).toISOString(),
      position: event.position,
      taskId: ids.encode("task", event.taskKey),
      ...(event.runKey === undefined ? {} : { runId: ids.encode("run", event.runKey) }),
      ...(event.seq === undefined ? {} : { seq: event.seq }),
      ...(event.data === undefined ? {} : { data: event.data }),
    };
  }

  #open(): void {
    if (this.#closing) throw new RotaError("CLOSED", "this Rota has been stopped");
  }
}

/** Params typed by an executor are JSON for the engine, which checks them against the executor's own schema. */
function asJson(input: Omit<TriggerInput, "params"> & { readonly params?: unknown }): TriggerInput {
  return input as TriggerInput; // only the static type of `params` differs
}
