// Plays a definition through `advance` in virtual time, with outcomes that are assumed and expressions that are computed.

import type { Json, JsonObject } from "../../domain/json.ts";
import { advance } from "../../domain/workflow/advance.ts";
import {
  newFlow,
  type Flow,
  type FlowCommand,
  type FlowEvent,
  type Unit,
} from "../../domain/workflow/flow.ts";
import { planOf, type PlanNode } from "../../domain/workflow/plan.ts";
import { undoneBy, workOf } from "../../domain/workflow/step.ts";
import { Agenda, type Due } from "./agenda.ts";
import { assumedEnd } from "./assumed-work.ts";
import { computeSet, decide, expressionFailed } from "./decide.ts";
import type { Evaluator } from "./evaluator.ts";
import { defaultOutput, ownOutput, scopeOf, type FlowData } from "./scope.ts";
import { SimulationRecord } from "./simulation-record.ts";
import {
  simulationBounds,
  type AssumedOutcome,
  type SimulatedEnd,
  type Simulation,
  type SimulationInput,
} from "./simulation.ts";

type Command<Kind extends FlowCommand["kind"]> = Extract<FlowCommand, { kind: Kind }>;

/**
 * Tells what a run would do. The same input gives the same answer, as long as it is not cut by `isExpired`.
 *
 * @param input.definition - one in which `checkWorkflow` finds nothing wrong
 * @param evaluation.isExpired - whether enough has been computed
 */
export async function simulateWorkflow(
  input: SimulationInput,
  evaluation: { readonly evaluator: Evaluator; readonly isExpired: () => boolean },
): Promise<Simulation> {
  return new SimulatedRun(input, evaluation.evaluator).play(evaluation.isExpired);
}

class SimulatedRun {
  readonly #input: SimulationInput;
  readonly #evaluator: Evaluator;
  readonly #flow: Flow;
  readonly #record: SimulationRecord;
  readonly #outputs = new Map<string, Json>();
  /** Of maps: what their elements gave, by place. */
  readonly #elements = new Map<string, Json[]>();
  readonly #data: FlowData;
  readonly #agenda = new Agenda();
  #nowMs = 0;
  #units = 0;
  #end: SimulatedEnd | undefined;

  constructor(input: SimulationInput, evaluator: Evaluator) {
    this.#input = input;
    this.#evaluator = evaluator;
    this.#flow = newFlow(planOf(input.definition));
    this.#record = new SimulationRecord(this.#flow);
    const run = { startedAt: new Date(input.startMs).toISOString(), workflow: input.definition.name };
    this.#data = { input: input.input, run, outputs: this.#outputs };
  }

  async play(isExpired: () => boolean): Promise<Simulation> {
    await this.#begin();
    while (this.#end === undefined && !isExpired() && !this.#isFull()) {
      const due = this.#agenda.next();
      if (due === undefined) break;
      this.#nowMs = due.atMs;
      await this.#happen(due);
    }
    const isTruncated = this.#end === undefined;
    return {
      events: this.#record.events,
      steps: this.#record.steps(this.#outputs),
      ...(this.#end === undefined ? {} : { end: this.#end }),
      isTruncated,
    };
  }

  async #begin(): Promise<void> {
    const { definition, cancelAtMs } = this.#input;
    this.#record.tell({ atMs: 0, event: "workflow.started" });
    const first = await this.#evaluator.fill(definition.variables, this.#scope());
    if (!first.ok) {
      this.#finish({ status: "failed", atMs: 0, error: expressionFailed(`variables: ${first.message}`) });
      return;
    }
    // A template that is an object is filled as one.
    this.#agenda.add({ atMs: 0, event: { kind: "begun", variables: first.value as JsonObject } });
    if (cancelAtMs !== undefined) {
      const event: FlowEvent = { kind: "stopped", status: "cancelled", force: false };
      this.#agenda.add({ atMs: cancelAtMs, event });
    }
  }

  #isFull(): boolean {
    return this.#units > simulationBounds.units || this.#record.size > simulationBounds.jsonCharacters;
  }

  async #happen({ event, output }: Due): Promise<void> {
    if (event.kind === "child-ended") this.#noteEnd(event, output ?? null);
    if (event.kind === "undo-ended") {
      const isDone = event.status === "completed";
      this.#record.unit(this.#nowMs, isDone ? "undo.completed" : "undo.failed", this.#named(event.unit));
    }
    const commands = advance(this.#flow, event);
    this.#record.look(this.#nowMs, (plan) => this.#settle(plan));
    for (const command of commands) {
      if (this.#end !== undefined || this.#isFull()) return;
      await this.#follow(command);
    }
  }

  async #follow(command: FlowCommand): Promise<void> {
    switch (command.kind) {
      case "decide":
        return this.#decide(command);
      case "compute-set":
        return this.#computeSet(command);
      case "start":
        return this.#start(command);
      case "stop-children":
        return this.#stopWork(command);
      case "undo":
        return this.#undo(command);
      case "ask":
        return this.#ask(command);
      case "end":
        return this.#endRun(command);
      default:
        command satisfies never;
    }
  }

  async #decide({ stepId }: Command<"decide">): Promise<void> {
    const plan = this.#node(stepId);
    const assumed = this.#input.outcomes.get(plan.step.id)?.verdict;
    const decision = await decide(plan, this.#scope(), { evaluator: this.#evaluator, assumed });
    this.#agenda.add({ atMs: this.#nowMs, event: { kind: "decided", stepId, decision } });
  }

  async #computeSet({ stepId }: Command<"compute-set">): Promise<void> {
    const { set = {} } = this.#node(stepId).step;
    const values = await computeSet(set, this.#scope(), this.#evaluator);
    this.#agenda.add({ atMs: this.#nowMs, event: { kind: "set", stepId, values } });
  }

  async #start({ unit, element }: Command<"start">): Promise<void> {
    this.#units += 1;
    const { step } = this.#node(unit.stepId);
    const more = element === undefined ? {} : { item: element, index: unit.iteration };
    const params = await this.#evaluator.fill(workOf(step)?.params ?? null, this.#scope(more));
    this.#record.begin(this.#nowMs, this.#named(unit), params.ok ? params.value : undefined);
    if (!params.ok) {
      const error = expressionFailed(`params: ${params.message}`);
      const event: FlowEvent = { kind: "child-ended", unit, status: "failed", error };
      return this.#agenda.add({ atMs: this.#nowMs, event });
    }
    const at = this.#input.startMs + this.#nowMs;
    const { takesMs, output, ...end } = assumedEnd(step, this.#outcomeOf(unit), params.value, at);
    const event: FlowEvent = { kind: "child-ended", unit, ...end };
    this.#agenda.add({ atMs: this.#nowMs + takesMs, event, output });
  }

  /** What is cancelled ends at once: a grace is not simulated. */
  async #stopWork({ stepId }: Command<"stop-children">): Promise<void> {
    for (const { event } of this.#agenda.takeWork(stepId)) {
      if (event.kind !== "child-ended") continue;
      const { unit } = event;
      this.#agenda.add({
        atMs: this.#nowMs,
        event: { kind: "child-ended", unit, status: "cancelled", verdict: true },
      });
    }
  }

  async #undo({ unit, try: attempt }: Command<"undo">): Promise<void> {
    this.#units += 1;
    const { step } = this.#node(unit.stepId);
    const output = this.#named(unit).isElement
      ? (this.#elements.get(unit.stepId)?.[unit.iteration] ?? null)
      : (this.#outputs.get(unit.stepId) ?? null);
    const params = await this.#evaluator.fill(undoneBy(step)?.params ?? null, this.#scope({ output }));
    const told = params.ok ? { params: params.value } : { message: params.message };
    this.#record.unit(this.#nowMs, "undo.started", this.#named(unit), told);
    const { status = "completed", takesMs = 1000 } = this.#outcomeOf(unit).undo ?? {};
    const event: FlowEvent = {
      kind: "undo-ended",
      unit,
      try: attempt,
      status: params.ok ? status : "failed",
    };
    this.#agenda.add({ atMs: this.#nowMs + takesMs, event });
  }

  async #ask({ unit }: Command<"ask">): Promise<void> {
    const answer = this.#outcomeOf(unit).undo?.answer;
    this.#record.unit(this.#nowMs, "workflow.waiting", this.#named(unit), {
      message: "a compensation failed: a person says retry, skip or give-up",
    });
    if (answer === undefined) this.#end = { status: "waiting", atMs: this.#nowMs };
    else this.#agenda.add({ atMs: this.#nowMs, event: { kind: "answered", answer } });
  }

  async #endRun({ status, failed, compensated }: Command<"end">): Promise<void> {
    const end = {
      atMs: this.#nowMs,
      ...(failed === undefined ? {} : { failedStep: failed.stepId, error: failed.error }),
      ...(compensated === undefined ? {} : { compensated }),
    };
    if (status !== "completed") return this.#finish({ ...end, status });
    const { output } = this.#input.definition;
    const result =
      output === undefined
        ? { ok: true as const, value: defaultOutput(this.#flow, this.#data) }
        : await this.#evaluator.fill(output, this.#scope());
    this.#finish(
      result.ok
        ? { ...end, status, output: result.value }
        : { ...end, status: "failed", error: expressionFailed(`output: ${result.message}`) },
    );
  }

  #finish(end: SimulatedEnd): void {
    this.#end = end;
    this.#record.spend(end.output ?? null);
    const event =
      end.status === "completed" || end.status === "cancelled"
        ? (`workflow.${end.status}` as const)
        : "workflow.failed";
    this.#record.tell({
      atMs: end.atMs,
      event,
      ...(end.error === undefined ? {} : { message: end.error.message }),
    });
  }

  #noteEnd({ unit, status, error }: Extract<FlowEvent, { kind: "child-ended" }>, output: Json): void {
    const named = this.#named(unit);
    if (status === "completed") {
      if (named.isElement)
        (this.#elements.get(unit.stepId) ?? this.#newElements(unit))[unit.iteration] = output;
      else this.#outputs.set(unit.stepId, output);
    }
    if (!named.isElement) return;
    const event =
      status === "completed" || status === "cancelled" ? (`item.${status}` as const) : "item.failed";
    this.#record.unit(this.#nowMs, event, named, error === undefined ? {} : { message: error.message });
  }

  #newElements({ stepId }: Unit): Json[] {
    const made: Json[] = [];
    this.#elements.set(stepId, made);
    return made;
  }

  /** The output of a step is complete when the step is over. */
  #settle(plan: PlanNode): void {
    const state = this.#flow.nodes[plan.index];
    if (state?.status === "completed") {
      const given = this.#elements.get(plan.id) ?? [];
      const output =
        plan.step.kind === "map"
          ? Array.from(state.elements ?? [], (_, index) => given[index] ?? null)
          : ownOutput(this.#flow, plan, this.#data);
      if (output !== undefined) this.#outputs.set(plan.id, output);
    }
    this.#record.spend(this.#outputs.get(plan.id) ?? null);
  }

  #scope(more: JsonObject = {}): JsonObject {
    return scopeOf(this.#flow, this.#data, more);
  }

  #outcomeOf({ stepId, iteration }: Unit): AssumedOutcome {
    const { outcomes } = this.#input;
    return outcomes.get(`${stepId}#${iteration}`) ?? outcomes.get(stepId) ?? {};
  }

  #named(unit: Unit) {
    return { ...unit, isElement: this.#node(unit.stepId).step.kind === "map" };
  }

  #node(id: string): PlanNode {
    const node = this.#flow.plan.nodes[this.#flow.plan.byId.get(id) ?? -1];
    if (node === undefined) throw new Error(`a command names step ${id}, which is not in its plan`);
    return node;
  }
}
