// Writes down what happens in a simulated run: its events in order, and when each step began and ended.

import type { Json } from "../../domain/json.ts";
import type { Flow, Unit } from "../../domain/workflow/flow.ts";
import type { PlanNode } from "../../domain/workflow/plan.ts";
import { isSettled, type StepStatus } from "../../domain/workflow/step-state.ts";
import type { SimulatedEvent, SimulatedStep } from "./simulation.ts";

export interface NamedUnit extends Unit {
  readonly isElement: boolean;
}

export class SimulationRecord {
  readonly events: SimulatedEvent[] = [];
  /** Characters of JSON that were written down. */
  size = 0;
  readonly #flow: Flow;
  readonly #seen: StepStatus[];
  readonly #startedMs = new Map<string, number>();
  readonly #endedMs = new Map<string, number>();

  constructor(flow: Flow) {
    this.#flow = flow;
    this.#seen = flow.nodes.map(({ status }) => status);
  }

  tell(event: SimulatedEvent): void {
    this.events.push(event);
  }

  spend(value: Json): void {
    this.size += JSON.stringify(value).length;
  }

  /** What happens to one piece of work. */
  unit(
    atMs: number,
    event: SimulatedEvent["event"],
    unit: NamedUnit,
    more: Pick<SimulatedEvent, "params" | "message"> = {},
  ): void {
    if (more.params !== undefined) this.spend(more.params);
    this.tell({
      atMs,
      event,
      stepId: unit.stepId,
      ...(unit.isElement ? { index: unit.iteration } : {}),
      ...more,
    });
  }

  /** A piece of work begins. */
  begin(atMs: number, unit: NamedUnit, params: Json | undefined): void {
    const given = params === undefined || params === null ? {} : { params };
    this.unit(atMs, unit.isElement ? "item.started" : "step.started", unit, given);
  }

  /** Notes which nodes have moved since the last look. */
  look(atMs: number, settle: (plan: PlanNode) => void): void {
    for (const plan of this.#flow.plan.nodes) {
      const { status, error } = this.#flow.nodes[plan.index] ?? {};
      if (status === undefined || status === this.#seen[plan.index]) continue;
      this.#seen[plan.index] = status;
      if (plan.role === "open") {
        if (status === "completed") this.#start(atMs, plan.step.id);
        continue;
      }
      // A step with one piece of work is told when that begins, with its params.
      if (status === "running" && plan.role === "step") {
        if (plan.step.kind === "map") this.#start(atMs, plan.id);
        else this.#startedMs.set(plan.id, atMs);
      }
      if (!isSettled(status)) continue;
      settle(plan);
      this.#endedMs.set(plan.id, atMs);
      this.tell({
        atMs,
        event: `step.${status}` as `step.${"completed" | "failed" | "skipped" | "cancelled"}`, // what settled means
        stepId: plan.id,
        ...(error === undefined ? {} : { message: error.message }),
      });
    }
  }

  steps(outputs: ReadonlyMap<string, Json>): readonly SimulatedStep[] {
    return this.#flow.plan.nodes
      .filter(({ role }) => role !== "open")
      .map((plan) => this.#step(plan, outputs));
  }

  #step({ id, index, step }: PlanNode, outputs: ReadonlyMap<string, Json>): SimulatedStep {
    const state = this.#flow.nodes[index];
    const [startedMs, endedMs, output] = [this.#startedMs.get(id), this.#endedMs.get(id), outputs.get(id)];
    const decides = step.kind === "condition" || step.kind === "approval";
    return {
      id,
      kind: step.kind,
      status: state?.status ?? "pending",
      ...(startedMs === undefined ? {} : { startedMs }),
      ...(endedMs === undefined ? {} : { endedMs }),
      ...(decides && state?.status === "completed" ? { verdict: state.verdict } : {}),
      ...(output === undefined ? {} : { output }),
      ...(state?.error === undefined ? {} : { error: state.error }),
    };
  }

  #start(atMs: number, id: string): void {
    this.#startedMs.set(id, atMs);
    this.tell({ atMs, event: "step.started", stepId: id });
  }
}
