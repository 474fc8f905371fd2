// The channel as one call under an idempotency key uses it: every verb goes with its number in that call.

import type { Key } from "../../domain/ids.ts";
import type { TaskDefinition } from "../../domain/task.ts";
import type { RepeatableCall } from "../../ports/call-ledger.ts";
import type { AddReply, NewRun } from "../../ports/run-ledger.ts";
import type { CallStep } from "./access-verbs/calls.ts";
import type { Asking, Channel, Rest } from "./channel.ts";
import { addRuns, noRuns, toAddReplies } from "./columns/add-columns.ts";
import type { VerbName } from "./protocol.ts";
import type { Verbs } from "./verbs.ts";

export class RememberingChannel implements Asking {
  readonly #channel: Channel;
  readonly #call: RepeatableCall;
  readonly #asked = new Map<VerbName, number>();

  constructor(channel: Channel, call: RepeatableCall) {
    this.#channel = channel;
    this.#call = call;
  }

  get definition(): (key: Key, revision: number) => TaskDefinition {
    return this.#channel.definition;
  }

  call<V extends VerbName>(verb: V, args: Rest<Verbs[V]>, rows = 1): Promise<ReturnType<Verbs[V]>> {
    return this.#channel.call(verb, args, rows, this.#step(verb));
  }

  /** By itself, not in the block of its turn, and without taking slots: a claim must not be handed out again. */
  async add(runs: readonly NewRun[], nowMs: number): Promise<readonly AddReply[]> {
    const columns = noRuns(undefined);
    addRuns(columns, runs, nowMs);
    const added = await this.#channel.call("add", [columns], runs.length, this.#step("add"));
    return toAddReplies(added, runs.length, this.definition);
  }

  #step(verb: VerbName): CallStep {
    const number = (this.#asked.get(verb) ?? 0) + 1;
    this.#asked.set(verb, number);
    return { call: this.#call, step: `${verb}#${number}` };
  }
}
