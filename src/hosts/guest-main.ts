// The half of a host that lives in the thread or process: takes runs one after the other, performs them, reports.

import type { Outcome } from "../domain/outcome.ts";
import type { FromGuest, ToGuest } from "./channel.ts";
import { loadExecutor } from "./load-executor.ts";
import { failed, outcomeOfThrown } from "./outcome-of.ts";
import { LocalRunner } from "./local-run.ts";
import { RemoteServices } from "./remote-services.ts";
import { runErrorOf } from "./run-error.ts";

export interface GuestChannel {
  post(message: FromGuest): void;
  /** Called when a run has ended and before that is told: what the run printed must be on its way. */
  beforeOutcome(seq: number): void;
  /** Whether the run left something at work that makes this place unfit for another one. */
  isClean(): boolean;
}

type RunMessage = Extract<ToGuest, { kind: "run" }>;

export class GuestMain {
  readonly #channel: GuestChannel;
  #current: { readonly seq: number; readonly services: RemoteServices } | undefined;

  constructor(channel: GuestChannel) {
    this.#channel = channel;
    // A module that is both the user's program and the home of an executor can see by this where it is being loaded.
    Object.defineProperty(globalThis, Symbol.for("rota.guest"), { value: true });
  }

  receive(message: ToGuest): void {
    if (message.kind !== "run") {
      if (this.#current?.seq === message.seq) this.#current.services.receive(message);
      return;
    }
    const { seq, facts } = message;
    const services = new RemoteServices(seq, facts, (out) => this.#channel.post(out));
    this.#current = { seq, services };
    this.#perform(message, services).then(
      (outcome) => this.#report(seq, outcome),
      // Only a mistake of ours gets here; the host still learns that the run is over.
      (error: unknown) => this.#report(seq, failed(runErrorOf(error))),
    );
  }

  /** Something was thrown where nobody awaited it: the run at work has failed. False when none is. */
  uncaught(thrown: unknown): boolean {
    const current = this.#current;
    if (!current) return false;
    this.#report(current.seq, outcomeOfThrown(thrown, current.services.signal), false);
    return true;
  }

  async #perform(message: RunMessage, services: RemoteServices): Promise<Outcome> {
    const { moduleUrl, executorType, params, limits } = message;
    try {
      const executor = await loadExecutor(moduleUrl, executorType);
      return await new LocalRunner({ nowMs: clockFrom(message.nowMs), limits }).run(
        executor,
        params,
        services,
      ).outcome;
    } catch (thrown) {
      return outcomeOfThrown(thrown, services.signal);
    }
  }

  #report(seq: number, outcome: Outcome, isClean = this.#channel.isClean()): void {
    if (this.#current?.seq !== seq) return;
    this.#current = undefined;
    this.#channel.beforeOutcome(seq);
    this.#channel.post({ kind: "outcome", seq, outcome, isClean });
  }
}

/** Ledger time here: what it was when the run was sent, and what has passed since. */
function clockFrom(sentAtMs: number): () => number {
  const sinceMs = process.uptime() * 1000;
  return () => Math.round(sentAtMs + process.uptime() * 1000 - sinceMs);
}
