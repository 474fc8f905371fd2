// The engine: all services of one process, started and stopped in order.

import type { Ledger } from "../ports/ledger.ts";
import type { Service } from "../ports/service.ts";
import { BackfillService } from "./backfill-service.ts";
import { Backfiller } from "./backfiller.ts";
import { Cleaner, type Cleanup } from "./cleaner.ts";
import { Dispatcher } from "./dispatcher.ts";
import { ErrorInbox } from "./error-inbox.ts";
import { EventBus } from "./event-bus.ts";
import { Explainer } from "./explain.ts";
import { FirePlanner } from "./fire-planner.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { EngineParts } from "./parts.ts";
import { Reconciler } from "./reconciler.ts";
import { RunService } from "./run-service.ts";
import { RunTimer } from "./run-timer.ts";
import { Scheduler } from "./scheduler.ts";
import { TaskDefiner } from "./task-definer.ts";
import { TaskService } from "./task-service.ts";
import { Worker } from "./worker.ts";

/** How long the scheduler may go without a look before it counts as stalled. */
const stalledAfterMs = 10_000;

/** The services that carry out what somebody asks for. */
export type AskedServices = Pick<Engine, "tasks" | "runs" | "backfills" | "errors">;

export class Engine implements Service {
  readonly tasks: TaskService;
  readonly runs: RunService;
  readonly backfills: BackfillService;
  readonly errors: ErrorInbox;
  readonly explain: Explainer;
  readonly events: EventBus;
  readonly planner: FirePlanner;
  readonly worker: Worker;
  readonly #parts: EngineParts;
  readonly #scheduler: Scheduler;
  readonly #runTimer: RunTimer;
  readonly #backfiller: Backfiller;
  readonly #dispatcher: Dispatcher;
  readonly #heartbeat: Heartbeat;
  readonly #reconciler: Reconciler;
  readonly #cleaner: Cleaner;
  #started = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const { calculators, settings } = parts;
    this.planner = new FirePlanner(calculators, settings.defaultTimezone);
    this.events = new EventBus(parts.ledger, parts.telemetry);
    this.worker = new Worker(parts);
    this.#backfiller = new Backfiller(parts, this.planner);
    const { tasks, runs, backfills, errors } = this.over(parts.ledger);
    this.tasks = tasks;
    this.runs = runs;
    this.backfills = backfills;
    this.errors = errors;
    this.explain = new Explainer(parts);
    this.#scheduler = new Scheduler(parts, this.planner, this.worker);
    this.#runTimer = new RunTimer(parts);
    this.#dispatcher = new Dispatcher(parts);
    this.#heartbeat = new Heartbeat(parts, this.worker);
    this.#reconciler = new Reconciler(parts, () => this.worker.key);
    this.#cleaner = new Cleaner(parts, () => this.worker.key);
  }

  /** Recovers what a dead predecessor left, then begins to claim and to fire. */
  async start(): Promise<void> {
    if (this.#started || !this.#parts.settings.active) return;
    this.#started = true;
    const since = this.#parts.clock.monotonic();
    const recovered = await this.#reconciler.takeOver();
    await this.worker.start();
    await this.#heartbeat.start();
    await this.#dispatcher.start();
    await this.#runTimer.start();
    await this.#reconciler.start();
    await this.#scheduler.start();
    await this.#backfiller.start();
    await this.#cleaner.start();
    this.#parts.telemetry.emit({
      kind: "engine.started",
      recoveredRuns: recovered.repeated + recovered.failed + recovered.cancelled,
      durationMs: Math.round(this.#parts.clock.monotonic() - since),
    });
  }

  /** Stops deciding and claiming at once, lets runs finish for `graceMs`, interrupts the rest and gives them back. */
  async stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    if (this.#started) {
      this.#started = false;
      for (const service of [this.#scheduler, this.#backfiller, this.#cleaner, this.#reconciler])
        await service.stop();
      const running = this.worker.attempts.size;
      // The timer goes on while runs finish: their deadlines hold to the end; the heart beats so that cancels arrive.
      await this.worker.stop(options);
      for (const service of [this.#runTimer, this.#dispatcher, this.#heartbeat]) await service.stop();
      this.#parts.telemetry.emit({ kind: "engine.stopped", interruptedRuns: running });
    }
    this.events.close();
  }

  /** Whether due instants are being decided; `readyz` fails when not. */
  get isDeciding(): boolean {
    return this.#started && this.#scheduler.idleMs < stalledAfterMs;
  }

  /** What people ask for, through another view of the same ledger: for one call that may come again. */
  over(ledger: Ledger): AskedServices {
    const parts = { ...this.#parts, ledger };
    const { planner, worker } = this;
    const runs = new RunService(parts, this.events, () => this.#started);
    return {
      runs,
      tasks: new TaskService(parts, planner, runs, worker),
      backfills: new BackfillService(parts, {
        planner,
        definer: new TaskDefiner(parts),
        runs,
        drive: (backfill) => this.#backfiller.drive(backfill),
      }),
      errors: new ErrorInbox(parts),
    };
  }

  readonly maintenance = { cleanup: (): Promise<Cleanup> => this.#cleaner.sweep() };
}
