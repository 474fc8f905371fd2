// A random life of runs that may have killed their process, and what is wrong with it.

import { isSuspect } from "../../src/domain/retry.ts";
import type { Run } from "../../src/domain/run.ts";
import type { ClaimedRun } from "../../src/ports/run-ledger.ts";
import type { Scene } from "../../src/testing/ledger-contract/scene.ts";

const queues = ["default", "mail", "side"];
const servings = [queues, ["default", "mail"], ["mail", "side"], ["side"]];
/** Far more than there are runs. */
const mostTurns = 500;
export const deeds = [
  "look",
  "look",
  "complete",
  "retry",
  "cancel",
  "pause",
  "resume",
  "pause queue",
  "resume queue",
  "limit queue",
  "free queue",
  "die",
  "leave",
  "add",
  "pass time",
] as const;

export interface Step {
  readonly deed: (typeof deeds)[number];
  /** Which run, queue or set of queues; taken modulo how many there are. */
  readonly pick: number;
}

/** One worker that claims only from queues it was told of since it began. */
export class SuspectWalk {
  /** A sentence for each thing that should not be. */
  readonly violations: string[] = [];
  readonly #scene: Scene;
  readonly #woken = new Set<string>();
  readonly #claims = new Map<number, ClaimedRun>();
  readonly #tasks: number[] = [];
  #serving: readonly string[] = queues;
  #worker = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    scene.ledger.onCommit((note) => note.runnableQueues.forEach((queue) => this.#woken.add(queue)));
  }

  async begin(): Promise<void> {
    const scene = this.#scene;
    for (const queue of queues) {
      this.#tasks.push(await scene.task({ queue, concurrency: { keyLimit: 1 } }));
      this.#tasks.push(await scene.task({ queue, concurrency: { limit: 1 } }));
    }
    for (let round = 0; round < 3; round++)
      for (const task of this.#tasks) await scene.run(task, round === 0 ? {} : { concurrencyKey: "ann" });
    await this.#start(queues);
    for (let death = 1; death <= 2; death++) {
      await this.#look();
      await this.#die(queues);
    }
  }

  async take({ deed, pick }: Step): Promise<void> {
    const { ledger, nowMs } = this.#scene;
    const { runs, workers } = ledger;
    const queue = queues[pick % queues.length] ?? "";
    const serving = servings[pick % servings.length] ?? queues;
    const claims = [...this.#claims.values()];
    const claim = claims[pick % claims.length];
    const live = (await this.#runs()).filter(({ finishedAtMs }) => finishedAtMs === undefined);
    const run = live[pick % live.length];
    if (deed === "look") await this.#look();
    else if (deed === "pause queue") await workers.pauseQueue(queue, { actor: "ann", mode: "pause" }, nowMs);
    else if (deed === "resume queue") await workers.resumeQueue(queue, nowMs);
    else if (deed === "limit queue") await workers.configureQueue(queue, { concurrency: 1 }, nowMs);
    else if (deed === "free queue") await workers.configureQueue(queue, {}, nowMs);
    else if (deed === "die") await this.#die(serving);
    else if (deed === "leave") await this.#leave(serving);
    else if (deed === "add") await this.#scene.run(this.#tasks[pick % this.#tasks.length] ?? 0);
    else if (deed === "pass time") await this.#scene.wait(60_000);
    else if (deed === "complete" && claim !== undefined) await this.#end(claim);
    else if (deed === "retry" && claim !== undefined) await this.#scene.retry(claim, 60_000);
    else if (run !== undefined && deed === "cancel") await this.#cancel(run);
    else if (run !== undefined && deed === "pause") await this.#pause(run);
    else if (run !== undefined && deed === "resume" && run.status === "paused")
      await runs.resume(run.key, nowMs);
    await this.#forgetClaims();
  }

  /** Never more than one at work, and none waits that its queue and the others would let start. */
  async judge(): Promise<void> {
    await this.#look();
    const suspects = (await this.#runs()).filter(isSuspect);
    const atWork = suspects.filter(({ status }) => status === "running" || status === "cancelling");
    if (atWork.length > 1) this.violations.push(`${atWork.length} suspects are at work at once`);
    if (atWork.length > 0) return;
    for (const run of suspects.filter(({ status }) => status === "pending")) {
      const row = await this.#scene.ledger.workers.queue(run.queue);
      const isFull = row?.concurrency !== undefined && row.running >= row.concurrency;
      const isServed = row?.pausedBy === undefined && !isFull && this.#serving.includes(run.queue);
      if (isServed && run.heldBy !== "task-limit" && run.heldBy !== "key-limit")
        this.violations.push(
          `a suspect of ${run.queue} is held by ${run.heldBy ?? "nothing"}, and none is at work`,
        );
    }
  }

  /** Nothing stands in the way any more: all come to their end, by what the worker is told. */
  async finish(): Promise<void> {
    const { ledger, nowMs } = this.#scene;
    await this.#leave(queues);
    for (const queue of queues) {
      await ledger.workers.configureQueue(queue, {}, nowMs);
      await ledger.workers.resumeQueue(queue, nowMs);
    }
    for (const run of await this.#runs())
      if (run.status === "paused") await ledger.runs.resume(run.key, nowMs);
    await this.#scene.wait(60_000);
    for (let turn = 0; turn < mostTurns; turn++) {
      await this.judge();
      if (this.#claims.size === 0) break;
      for (const claim of this.#claims.values()) await this.#end(claim);
      await this.#forgetClaims();
    }
    for (const { finishedAtMs, queue, status, heldBy } of await this.#runs())
      if (finishedAtMs === undefined)
        this.violations.push(`a run of ${queue} has not ended: ${status}, held by ${heldBy ?? "nothing"}`);
    this.violations.push(...(await ledger.maintenance.check()));
  }

  async #look(): Promise<void> {
    for (let turn = 0; this.#woken.size > 0; turn++) {
      if (turn === mostTurns) return void this.violations.push("the worker is woken without end");
      const [queue = ""] = this.#woken;
      this.#woken.delete(queue);
      if (!this.#serving.includes(queue)) continue;
      const reply = await this.#scene.ask(this.#worker, { queue });
      for (const run of reply.runs) this.#claims.set(run.key, run);
      if (reply.more) this.#woken.add(queue);
    }
  }

  async #start(serving: readonly string[]): Promise<void> {
    this.#serving = serving;
    this.#worker = await this.#scene.worker({ queues: serving });
    this.#woken.clear();
    for (const queue of serving) this.#woken.add(queue);
  }

  /** As a process does it that takes the file over. */
  async #die(serving: readonly string[]): Promise<void> {
    await this.#start(serving);
    this.#claims.clear();
    const { ledger, nowMs } = this.#scene;
    await ledger.workers.recover({ judgedMs: 0, exceptWorker: this.#worker }, nowMs);
  }

  async #leave(serving: readonly string[]): Promise<void> {
    await this.#scene.ledger.workers.leave(this.#worker, this.#scene.nowMs);
    await this.#start(serving);
    this.#claims.clear();
  }

  async #end(claim: ClaimedRun): Promise<void> {
    await this.#scene.complete({ ...claim, version: (await this.#scene.get(claim.key)).version });
  }

  async #cancel(run: Run): Promise<void> {
    const claim = this.#claims.get(run.key);
    if ((await this.#scene.cancel(run.key)) === "cancelling" && claim !== undefined)
      await this.#scene.settle(claim, { kind: "interrupt", reason: "shutdown" });
  }

  async #pause(run: Run): Promise<void> {
    const { ledger, nowMs } = this.#scene;
    await ledger.runs.pause(run.key, { actor: "ann" }, true, nowMs);
    const claim = this.#claims.get(run.key);
    if (claim !== undefined) await ledger.runs.confirmPause(run.key, claim.claim, undefined, nowMs);
  }

  /** Claims that are over, for example by a resume that found no slot. */
  async #forgetClaims(): Promise<void> {
    for (const { key, status } of await this.#runs())
      if (status !== "running" && status !== "cancelling" && status !== "paused") this.#claims.delete(key);
  }

  async #runs(): Promise<readonly Run[]> {
    return (await this.#scene.ledger.runs.list({ limit: 1000 })).items;
  }
}
