// The scheduler: decides the instants of triggers when they come due, each exactly once.

import { RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Task } from "../domain/task.ts";
import type { CancelTimer } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import type { DueTask, Firing } from "../ports/task-ledger.ts";
import type { FirePlanner } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import type { Worker } from "./worker.ts";

/** The window of timers held in memory; everything later is only in the ledger's index (SEM 4, I6). */
const windowMs = 5000;
const refillMs = 1000;
const shareReadsMs = 50;
/** How long a task whose firing cannot be written is left alone. */
const troubledMs = 60_000;
/** Most timers in the window: a million tasks due at once still take a bounded share of memory. */
const windowSize = 10_000;
/** Tasks decided in one write: small enough that the event loop's pauses stay short. */
const batch = 250;

/**
 * Holds the timers of the next five seconds, fires what is due in batches, and reads the next from the ledger.
 *
 * A firing is a compare-and-set on the task's cursor: a second scheduler, a doubled timer or a crash between two
 * batches can therefore make neither two runs nor none (SEM 13). A refused firing is simply read again.
 */
export class Scheduler implements Service {
  readonly #parts: EngineParts;
  readonly #planner: FirePlanner;
  readonly #worker: Worker;
  /** Timers within the window, by task. */
  readonly #window = new Map<Key, DueTask>();
  readonly #troubled = new Map<Key, number>();
  #windowEndMs = 0;
  /** The next instant of all, where the window holds none. */
  #farMs: number | undefined;
  #running = false;
  #timer: CancelTimer | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;
  #refillTimer: CancelTimer | undefined;
  #refillSoon: CancelTimer | undefined;
  #refilling = false;
  #refillAgain = false;
  #firing = false;
  #unlisten: (() => void) | undefined;
  /** Monotonic moment of the last completed look; `readyz` and the dead-man check read it. */
  #lookedAtMs = 0;

  constructor(parts: EngineParts, planner: FirePlanner, worker: Worker) {
    this.#parts = parts;
    this.#planner = planner;
    this.#worker = worker;
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#unlisten = this.#parts.ledger.onCommit((note) => {
      const atMs = note.nextFireAtMs;
      if (atMs !== undefined && atMs <= this.#horizonMs) this.#refillBy(atMs);
    });
    await this.#refill();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#unlisten?.();
    this.#timer?.();
    this.#refillTimer?.();
    this.#refillSoon?.();
    this.#window.clear();
  }

  /** Milliseconds since schedules were last looked at; large when the ledger is away or this loop is stuck. */
  get idleMs(): number {
    return this.#parts.clock.monotonic() - this.#lookedAtMs;
  }

  /** Through when the timers held are all there are; with none held, until the next of all. */
  get #horizonMs(): number {
    return this.#window.size > 0 ? this.#windowEndMs : (this.#farMs ?? Number.POSITIVE_INFINITY);
  }

  /** Many tasks made one after the other share a read, as long as none of them is due before it. */
  #refillBy(atMs: number): void {
    const { clock } = this.#parts;
    if (atMs - clock.now() < shareReadsMs) void this.#refill();
    else this.#refillSoon ??= clock.after(shareReadsMs, () => void this.#refill());
  }

  /** Reads the timers of the next window. What is asked for during a read follows it. */
  async #refill(): Promise<void> {
    if (this.#refilling) {
      this.#refillAgain = true;
      return;
    }
    this.#refilling = true;
    this.#refillSoon?.();
    this.#refillSoon = undefined;
    const { ledger, clock } = this.#parts;
    try {
      await this.#wakePausedTasks();
      const untilMs = clock.now() + windowMs;
      const due = await ledger.tasks.due(untilMs, windowSize);
      if (!this.#running) return;
      this.#window.clear();
      for (const task of due) if (!this.#isTroubled(task.task.key)) this.#window.set(task.task.key, task);
      // A full window ends where its last timer is; what lies behind is read when these have fired.
      this.#windowEndMs = due.length < windowSize ? untilMs : (due.at(-1)?.nextFireAtMs ?? untilMs);
      this.#lookedAtMs = clock.monotonic();
      this.#farMs = due.length === 0 ? await ledger.tasks.nextFireAt() : undefined;
    } catch {
      // The ledger is away; what is in the window stays, and the next refill tells more.
    }
    this.#refilling = false;
    this.#refillTimer?.();
    if (!this.#running) return;
    if (this.#refillAgain) {
      this.#refillAgain = false;
      clock.endOfTurn(() => void this.#refill());
    } else {
      this.#refillTimer = clock.after(refillMs, () => void this.#refill(), { idle: true });
    }
    this.#arm();
  }

  #isTroubled(key: Key): boolean {
    const untilMs = this.#troubled.get(key);
    if (untilMs === undefined) return false;
    if (untilMs > this.#parts.clock.now()) return true;
    this.#troubled.delete(key);
    return false;
  }

  /** Pauses that carry a `resumeAt` end by themselves. */
  async #wakePausedTasks(): Promise<void> {
    const { ledger, clock } = this.#parts;
    const nowMs = clock.now();
    const [toResume, stranded] = await Promise.all([
      ledger.tasks.dueToResume(nowMs, 100),
      ledger.tasks.strandedFixedDelay(100),
    ]);
    for (const task of toResume) {
      await this.#guarded(task, async () => {
        // The pause ended at its own moment; what came due since then is for the misfire rule.
        const endedMs = Math.min(nowMs, task.pausedBy?.resumeAtMs ?? nowMs);
        await ledger.tasks.resume(task.key, this.#planner.resume(task, "now", endedMs), nowMs);
      });
    }
    for (const task of stranded) {
      await this.#guarded(task, async () => {
        const firing = this.#planner.rearm(task, nowMs);
        if (firing) await ledger.tasks.fire([firing], nowMs);
      });
    }
  }

  /** One task that cannot be decided is reported, and holds up no other. */
  async #guarded(task: Task, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#parts.telemetry.emit({ kind: "schedule.refused", taskKey: task.key, error: String(error) });
    }
  }

  #arm(): void {
    if (!this.#running || this.#firing) return;
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const { nextFireAtMs } of this.#window.values())
      if (nextFireAtMs < earliestMs) earliestMs = nextFireAtMs;
    this.#timer?.();
    this.#timer = undefined;
    this.#armedForMs = earliestMs;
    // Nothing within the window: read again when the next instant of all is due.
    const isFar = earliestMs === Number.POSITIVE_INFINITY && this.#farMs !== undefined;
    if (isFar) this.#timer = this.#wakeAt(this.#farMs ?? 0, () => void this.#refill());
    if (earliestMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#wakeAt(earliestMs, () => void this.#fireDue());
  }

  #wakeAt(atMs: number, act: () => void): CancelTimer {
    return this.#parts.clock.after(Math.max(0, atMs - this.#parts.clock.now()), act);
  }

  async #fireDue(): Promise<void> {
    if (this.#firing) return;
    this.#firing = true;
    const { clock } = this.#parts;
    const nowMs = clock.now();
    // A timer that came a little early waits for its moment: never early (R6).
    const due =
      nowMs < this.#armedForMs ? [] : [...this.#window.values()].filter((task) => task.nextFireAtMs <= nowMs);
    due.sort((a, b) => a.nextFireAtMs - b.nextFireAtMs || a.task.key - b.task.key);
    for (const { task } of due) this.#window.delete(task.key);
    const writes: Promise<void>[] = [];
    for (let from = 0; from < due.length; from += batch)
      writes.push(this.#fire(due.slice(from, from + batch), nowMs));
    await Promise.all(writes);
    this.#firing = false;
    // Nothing left to wait for: look what comes next, near or far.
    if (this.#window.size === 0 && this.#running) void this.#refill();
    else this.#arm();
  }

  async #fire(due: readonly DueTask[], nowMs: number): Promise<void> {
    const { ledger, telemetry } = this.#parts;
    const firings: Firing[] = [];
    const fired: DueTask[] = [];
    for (const timer of due) {
      const { task } = timer;
      try {
        firings.push(this.#planner.fire(task, nowMs));
        fired.push(timer);
      } catch (error) {
        telemetry.emit({ kind: "schedule.refused", taskKey: task.key, error: String(error) });
      }
    }
    const offer = this.#worker.offer(firings.length);
    try {
      const replies = await ledger.tasks.fire(firings, nowMs, offer);
      const claimed = replies.flatMap((reply) => (reply.ok ? reply.claimed : []));
      if (offer) this.#worker.accept(offer, claimed);
      let started = 0;
      replies.forEach((reply, index) => {
        if (!reply.ok) this.#refillAgain = true;
        else started += reply.started.length;
        const firing = firings[index];
        const before = fired[index];
        if (reply.ok && firing && before) this.#keep(before, firing);
      });
      if (this.#refillAgain) void this.#refill();
      if (telemetry.wants("schedule.fired")) {
        const latenessMs = nowMs - (due[0]?.nextFireAtMs ?? nowMs);
        telemetry.emit({ kind: "schedule.fired", tasks: firings.length, started, latenessMs });
      }
    } catch (error) {
      // Nothing was written: the refill in a second finds these tasks still due.
      if (offer) this.#worker.accept(offer, []);
      if (RotaError.isInstance(error) && !error.retryable) await this.#isolate(fired, nowMs, error);
    }
  }

  /** One of these cannot be written, however often it is tried: it must not hold up the others, nor be tried at once. */
  async #isolate(fired: readonly DueTask[], nowMs: number, error: RotaError): Promise<void> {
    const [only, ...others] = fired;
    if (only === undefined) return;
    if (others.length > 0) {
      for (const timer of fired) await this.#fire([timer], nowMs);
      return;
    }
    const { key } = only.task;
    this.#troubled.set(key, nowMs + troubledMs);
    this.#parts.telemetry.emit({ kind: "schedule.refused", taskKey: key, error: error.message });
  }

  /** A task that fires again within the window need not be read for it. */
  #keep(before: DueTask, firing: Firing): void {
    if (firing.nextFireAtMs === undefined || firing.nextFireAtMs > this.#windowEndMs) return;
    const task = {
      ...before.task,
      decidedThroughMs: firing.decidedThroughMs,
      nextFireAtMs: firing.nextFireAtMs,
    };
    this.#window.set(task.key, { task, nextFireAtMs: firing.nextFireAtMs });
  }
}
