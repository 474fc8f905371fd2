// The worker: holds this process's slots, claims runs when queues have work, and runs their attempts.

import type { Key } from "../domain/ids.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { RetryPolicy } from "../domain/retry.ts";
import type { Unsubscribe } from "../ports/broker.ts";
import type { Executor, ExecutorInfo } from "../ports/executor.ts";
import type { Service } from "../ports/service.ts";
import type { ClaimedRun, SlotOffer } from "../ports/run-ledger.ts";
import { Appender } from "./appender.ts";
import { Attempt, type AttemptEnvironment } from "./attempt.ts";
import type { EngineParts } from "./parts.ts";
import { Secrets } from "./secrets.ts";
import { Settler } from "./settler.ts";
import { settlementOf } from "./settlement.ts";

/** Runs taken in one claim; larger batches are a little faster and make the event loop's pauses longer (measured). */
const claimBatch = 500;
/**
 * Claims on their way at once, each with a commit of its own: what one brings is at work while the next is written, and
 * neither thread waits for the other. With three of 250 that shared a commit 20,000 no-ops took 144 ms, with two of 500
 * apart 123 ms, for the same CPU; with three of 250 apart the ledger's thread took a fifth more for its commits.
 */
const claimsAhead = 2;
/** Ends not yet committed at which no more is claimed: bounds memory while the ledger is slow or away. */
const maxUnsettled = 10_000;
/** Waits after a claim that failed because the ledger is away. */
const claimRetryMs = 250;

/**
 * Takes runs and sees them through. Never more than `concurrency` of them are executed at once; a slot is free again
 * when the code has returned, even if the run was given up before.
 */
export class Worker implements Service {
  readonly attempts = new Map<Key, Attempt>();
  readonly settler: Settler;
  readonly #parts: EngineParts;
  readonly #env: AttemptEnvironment;
  readonly #types: readonly string[];
  /** Slots in use, or promised to a claim on its way. */
  #taken = 0;
  /** Slots in use by code whose attempt was given up before it returned. */
  #abandoned = 0;
  #claiming = 0;
  #willClaim = false;
  /** Queues whose head may hold something for us, in the order they are served. */
  readonly #hungry = new Set<string>();
  /** Queues whose head is guessed to hold more than the full batch that is on its way. */
  readonly #ahead = new Set<string>();
  #key: Key | undefined;
  #accepting = false;
  /** Queues we take from; grows as queues appear when the settings say all. */
  readonly #queues = new Set<string>();
  #consuming: Unsubscribe[] = [];
  #unlisten: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#types = [...parts.executors.keys()];
    this.settler = new Settler(parts.ledger.runs, parts.clock, parts.telemetry);
    this.#env = {
      clock: parts.clock,
      runs: parts.ledger.runs,
      ids: parts.ids,
      appender: new Appender(parts.ledger.runs, parts.clock, parts.settings.limits),
      secrets: new Secrets(parts.secrets, parts.clock),
      graceMs: parts.settings.graceMs,
      ended: (attempt, outcome, stateOnly) => this.#ended(attempt, outcome, stateOnly),
      returned: () => this.#returned(),
    };
  }

  /** The key under which the ledger knows this worker; undefined before `start` and after `stop`. */
  get key(): Key | undefined {
    return this.#key;
  }

  async start(): Promise<void> {
    if (this.#accepting) return;
    await this.register();
    this.#accepting = true;
    const { settings, ledger } = this.#parts;
    if (!settings.queues.includes("*"))
      return void (await Promise.all(settings.queues.map((queue) => this.#follow(queue))));
    // Queues come into being with the first task that names them.
    this.#unlisten = ledger.onCommit((note) => {
      for (const queue of note.runnableQueues) void this.#follow(queue);
    });
    for (const { name } of await ledger.workers.queues()) await this.#follow(name);
  }

  async #follow(queue: string): Promise<void> {
    if (this.#queues.has(queue) || !this.#accepting) return;
    this.#queues.add(queue);
    this.#consuming.push(await this.#parts.broker.consume(queue, async () => this.wake(queue)));
    this.wake(queue);
  }

  /** Looks at every queue again, for example under a new lease. */
  wakeAll(): void {
    for (const queue of this.#queues) this.wake(queue);
  }

  /** Makes this worker known to the ledger, under a key that was never used before. */
  async register(): Promise<void> {
    const { settings, executors, ledger, clock } = this.#parts;
    this.#key = await ledger.workers.register(
      {
        name: settings.name,
        pid: settings.pid,
        queues: settings.queues,
        concurrency: settings.concurrency,
        executors: [...executors.values()].map(published),
      },
      clock.now(),
    );
  }

  /** Stops taking, lets what runs finish for `graceMs`, interrupts the rest, and gives back what it holds. */
  async stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    if (!this.#accepting) return;
    this.#accepting = false;
    this.#unlisten?.();
    this.#hungry.clear();
    this.#ahead.clear();
    this.#queues.clear();
    for (const unsubscribe of this.#consuming.splice(0)) await unsubscribe();
    if (this.#taken > 0 && (options.graceMs ?? 0) > 0) await this.#idleWithin(options.graceMs ?? 0);
    for (const attempt of this.attempts.values()) attempt.shutDown();
    if (this.#taken > 0) await this.#idleWithin(2000);
    await this.settler.drained();
    if (this.#key !== undefined) await this.#parts.ledger.workers.leave(this.#key, this.#parts.clock.now());
    this.#key = undefined;
  }

  async #idleWithin(waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const giveUp = this.#parts.clock.after(waitMs, resolve);
      this.#idle.push(() => {
        giveUp();
        resolve();
      });
    });
  }

  get abandonedSlots(): number {
    return this.#abandoned;
  }

  get freeSlots(): number {
    return this.#parts.settings.concurrency - this.#taken;
  }

  /**
   * Promises up to `wanted` free slots to a write that may bring its runs back already claimed. Give the number of
   * runs that came to {@link accept}; unless a queue has a backlog there is nothing to lose by it.
   */
  offer(wanted: number): SlotOffer | undefined {
    const slots = Math.min(wanted, this.freeSlots, claimBatch);
    if (slots <= 0 || !this.#accepting || this.#key === undefined || this.#hungry.size > 0) return undefined;
    this.#taken += slots;
    return { workerKey: this.#key, queues: [...this.#queues], types: this.#types, slots };
  }

  /** Starts runs that came claimed, and takes back the promised slots that were not used. */
  accept(offer: SlotOffer, runs: readonly ClaimedRun[]): void {
    this.#free(offer.slots - runs.length);
    for (const run of runs) this.#begin(run);
  }

  /** A queue may have work for us. */
  wake(queue: string): void {
    if (!this.#accepting) return;
    this.#hungry.add(queue);
    this.#claimMore();
  }

  #claimMore(): void {
    if (this.#claiming >= claimsAhead || this.freeSlots <= 0 || !this.#accepting) return;
    if (this.settler.unsettled > maxUnsettled) return;
    const [queue] = this.#hungry.size > 0 ? this.#hungry : this.#ahead;
    if (queue === undefined) return;
    this.#hungry.delete(queue);
    this.#ahead.delete(queue);
    void this.#claim(queue, Math.min(claimBatch, this.freeSlots));
    // The ledger writes what is asked in one turn together, so the next claim is asked in another.
    this.#claimSoon();
  }

  #claimSoon(): void {
    if (this.#willClaim) return;
    this.#willClaim = true;
    this.#parts.clock.endOfTurn(() => {
      this.#willClaim = false;
      this.#claimMore();
    });
  }

  async #claim(queue: string, limit: number): Promise<void> {
    const { ledger, clock } = this.#parts;
    const workerKey = this.#key;
    if (workerKey === undefined) return;
    this.#claiming++;
    this.#taken += limit;
    this.settler.flush();
    try {
      const claimed = ledger.runs.claim({ workerKey, queue, types: this.#types, limit }, clock.now());
      // While this batch is on its way the next may already be asked for: the head moves with each claim.
      if (limit === claimBatch) this.#ahead.add(queue);
      const reply = await claimed;
      this.#claiming--;
      if (reply.more) this.#hungry.add(queue);
      else this.#ahead.delete(queue);
      if (reply.retryAtMs !== undefined)
        clock.after(Math.max(1, reply.retryAtMs - clock.now()), () => this.wake(queue));
      this.#free(limit - reply.runs.length);
      for (const run of reply.runs) this.#begin(run);
    } catch {
      this.#claiming--;
      this.#free(limit);
      clock.after(claimRetryMs, () => this.wake(queue));
    }
    this.#claimMore();
  }

  #begin(run: ClaimedRun): void {
    const { executors, hosts, telemetry, clock } = this.#parts;
    const executor = executors.get(run.definition.type);
    // The claim names our types, so this cannot be missing; an interrupt gives the run to somebody who has it.
    if (executor === undefined) return this.#giveBack(run);
    const attempt = new Attempt(run, executor, hosts[executor.isolation], this.#env);
    this.attempts.set(run.key, attempt);
    if (telemetry.wants("run.started")) {
      telemetry.emit({
        kind: "run.started",
        runKey: run.key,
        taskKey: run.taskKey,
        type: run.definition.type,
        attempt: run.attempt,
        latenessMs: clock.now() - run.dueAtMs,
      });
    }
    attempt.begin();
  }

  #giveBack(run: ClaimedRun): void {
    const { key, claim, version } = run;
    this.settler.add(
      {
        runKey: key,
        claim,
        version,
        endedAtMs: this.#parts.clock.now(),
        kind: "interrupt",
        reason: "shutdown",
      },
      () => undefined,
    );
    this.#free(1);
  }

  #ended(attempt: Attempt, outcome: Outcome, stateOnly: boolean): void {
    const { clock, random, telemetry } = this.#parts;
    const { run } = attempt;
    this.#abandoned++;
    const settlement = settlementOf(run, outcome, {
      retry: retryOf(run),
      endedAtMs: clock.now(),
      random: random.next(),
      stateOnly,
    });
    this.settler.add(settlement, (reply) => {
      if (this.attempts.get(run.key) === attempt) this.attempts.delete(run.key);
      if (!reply.ok) telemetry.emit({ kind: "run.discarded", runKey: run.key, claim: run.claim });
      else if (telemetry.wants("run.ended")) {
        telemetry.emit({
          kind: "run.ended",
          runKey: run.key,
          taskKey: run.taskKey,
          type: run.definition.type,
          status: reply.status,
          attempt: run.attempt,
          durationMs: settlement.endedAtMs - run.claimedAtMs,
          ...("error" in outcome ? { error: outcome.error.message } : {}),
        });
      }
      if (this.#hungry.size > 0) this.#claimMore();
    });
  }

  #returned(): void {
    this.#abandoned--;
    this.#free(1);
  }

  #free(slots: number): void {
    this.#taken -= slots;
    if (this.#taken === 0) for (const resolve of this.#idle.splice(0)) resolve();
    // Slots that become free in one turn share one claim.
    if (this.#hungry.size + this.#ahead.size > 0) this.#claimSoon();
  }
}

function retryOf({ definition, maxAttempts }: ClaimedRun): RetryPolicy {
  return maxAttempts === undefined ? definition.retry : { ...definition.retry, maxAttempts };
}

/** What the ledger keeps of an executor, without its code. */
function published(executor: Executor): ExecutorInfo {
  const { type, version, description, isolation, paramsSchema, retry, timeoutMs, onInterrupted, pausable } =
    executor;
  return {
    type,
    version,
    isolation,
    onInterrupted,
    pausable,
    ...(description === undefined ? {} : { description }),
    ...(paramsSchema === undefined ? {} : { paramsSchema }),
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
