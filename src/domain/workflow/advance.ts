// advance(flow, event) → commands: everything a workflow run does next follows from what has happened, and from nothing else.

import type { RunError } from "../outcome.ts";
import { needsDecision, undoneBy } from "./step.ts";
import type { Flow, FlowCommand, FlowEvent, NodeState, Unit } from "./flow.ts";
import type { PlanNode } from "./plan.ts";
import { isSettled, nextStepStatus, type StepEvent } from "./step-state.ts";
import { answerUndo, endUndo, finish } from "./undo.ts";

/**
 * Takes in one event and says what is to be done now.
 *
 * Deterministic and without any effect but on `flow`, which it changes in place. An event that is not expected (a child
 * that ended twice, anything after the end) changes nothing, so every event may be delivered more than once.
 * The whole run costs time linear in the edges of its graph.
 */
export function advance(flow: Flow, event: FlowEvent): readonly FlowCommand[] {
  const commands: FlowCommand[] = [];
  const step: Advance = { flow, commands, toConsider: [] };
  apply(step, event);
  considerAll(step);
  finish(flow, commands);
  return commands;
}

interface Advance {
  readonly flow: Flow;
  readonly commands: FlowCommand[];
  /** Nodes of which something they wait for was settled. */
  readonly toConsider: number[];
}

function apply(at: Advance, event: FlowEvent): void {
  const { flow } = at;
  switch (event.kind) {
    case "begun":
      return begin(at, event);
    case "decided":
      return decided(at, event);
    case "child-ended":
      return childEnded(at, event);
    case "set":
      return variablesSet(at, event);
    case "undo-ended":
      return endUndo(flow, event, at.commands);
    case "stopped":
      return stop(at, event);
    case "answered":
      return answerUndo(flow, event.answer, at.commands);
    default:
      event satisfies never;
  }
}

function begin(at: Advance, { variables, reused = [] }: Extract<FlowEvent, { kind: "begun" }>): void {
  const { flow } = at;
  if (flow.phase !== "new") return;
  flow.phase = "running";
  flow.variables = variables ?? {};
  for (const { stepId, verdict, elements = 1 } of reused) {
    const node = nodeOf(flow, stepId);
    if (node?.plan.role !== "step" || node.state.status !== "pending") continue;
    node.state.reused = true;
    node.state.verdict = verdict;
    move(node.state, "complete");
    for (let iteration = 0; iteration < elements; iteration++) noteDone(flow, node.plan, iteration);
    settled(at, node.plan);
  }
  for (const { index } of flow.plan.nodes) at.toConsider.push(index);
}

function decided(at: Advance, { stepId, decision }: Extract<FlowEvent, { kind: "decided" }>): void {
  const { flow } = at;
  const node = nodeOf(flow, stepId);
  if (node?.state.status !== "deciding") return;
  flow.live -= 1;
  if (flow.phase !== "running") return cancel(at, node.plan);
  switch (decision.kind) {
    case "skip":
      return end(at, node.plan, "skip");
    case "error":
      return failed(at, node.plan, decision.error);
    case "verdict":
      node.state.verdict = decision.verdict;
      return end(at, node.plan, "complete");
    case "elements":
      node.state.elements = decision.elements;
      return start(at, node.plan);
    case "start":
      return start(at, node.plan);
    default:
      decision satisfies never;
  }
}

function childEnded(at: Advance, event: Extract<FlowEvent, { kind: "child-ended" }>): void {
  const { flow } = at;
  const node = nodeOf(flow, event.unit.stepId);
  if (node === undefined || !node.state.live.delete(event.unit.iteration)) return;
  flow.live -= 1;
  const { plan, state } = node;
  const isDone = event.status === "completed";
  if (isDone) noteDone(flow, plan, event.unit.iteration);
  if (state.elements !== undefined) return elementEnded(at, plan, event);
  if (isDone) {
    state.verdict = event.verdict ?? true;
    return done(at, plan);
  }
  if (flow.phase !== "running" || event.status === "skipped") return cancel(at, plan);
  failed(at, plan, event.error ?? endedAs(event.status));
}

function elementEnded(at: Advance, plan: PlanNode, event: Extract<FlowEvent, { kind: "child-ended" }>): void {
  const { flow } = at;
  const state = stateOf(flow, plan);
  if (event.status !== "completed") {
    state.failedElements += 1;
    if (state.error === undefined) {
      state.error = event.error ?? endedAs(event.status);
      if (!collects(plan) && state.live.size > 0)
        at.commands.push({ kind: "stop-children", stepId: plan.id });
    }
  }
  const isFailing = state.failedElements > 0 && !collects(plan);
  if (flow.phase === "running" && !isFailing) startElements(at, plan);
  if (state.live.size > 0) return;
  if (isFailing && flow.phase === "running") return failed(at, plan, state.error ?? endedAs("failed"));
  // Only a map all of whose elements were begun is done.
  if (isFailing || state.next < (state.elements?.length ?? 0)) return cancel(at, plan);
  done(at, plan);
}

/** The work of a step is done; what it sets may still have to be computed. */
function done(at: Advance, plan: PlanNode): void {
  const { flow } = at;
  if (plan.step.set === undefined || flow.phase !== "running") return end(at, plan, "complete");
  move(stateOf(flow, plan), "finish");
  flow.live += 1;
  at.commands.push({ kind: "compute-set", stepId: plan.id });
}

function variablesSet(at: Advance, { stepId, values }: Extract<FlowEvent, { kind: "set" }>): void {
  const { flow } = at;
  const node = nodeOf(flow, stepId);
  if (node?.state.status !== "completing") return;
  flow.live -= 1;
  // A JSON object with this one name cannot be told from an error, so the check of a definition refuses to set `$error`.
  if ("$error" in values) return failed(at, node.plan, values["$error"] as RunError);
  flow.variables = { ...flow.variables, ...values };
  end(at, node.plan, "complete");
}

function stop(at: Advance, { status, force }: Extract<FlowEvent, { kind: "stopped" }>): void {
  const { flow } = at;
  if (flow.phase === "ended") return;
  const hasStopped = flow.phase !== "new" && flow.phase !== "running";
  const undoesNothing = flow.phase === "stopping" && flow.ending?.undo === false;
  if (hasStopped && (!force || undoesNothing)) return;
  // Who forces an end to an undoing leaves the rest undone.
  if (flow.undoing !== undefined) flow.compensated = false;
  delete flow.undoing;
  flow.ending = { ...(flow.ending ?? { status }), undo: !force };
  flow.phase = "stopping";
  if (flow.live > 0 || hasStopped) at.commands.push({ kind: "stop-children" });
}

function failed(at: Advance, plan: PlanNode, error: RunError): void {
  const { flow } = at;
  stateOf(flow, plan).error = error;
  end(at, plan, "fail");
  if (plan.step.onError === "continue" || flow.phase !== "running") return;
  flow.ending = {
    status: "failed",
    failed: { stepId: plan.id, error },
    undo: plan.step.onError === "compensate",
  };
  flow.phase = "stopping";
  if (flow.live > 0) at.commands.push({ kind: "stop-children" });
}

function considerAll(at: Advance): void {
  // Grows while it is walked; in the order in which things were settled, and steps begin in that of the definition.
  for (const index of at.toConsider) {
    const plan = at.flow.plan.nodes[index];
    if (plan !== undefined && at.flow.phase === "running") consider(at, plan);
  }
}

/** Begins a node, or skips it, as soon as what it waits for says which. */
function consider(at: Advance, plan: PlanNode): void {
  const { flow } = at;
  const state = stateOf(flow, plan);
  if (state.status !== "pending") return;
  const gate = plan.gate === undefined ? undefined : flow.nodes[plan.gate];
  if (gate !== undefined && isSettled(gate.status) && gate.status !== "completed")
    return end(at, plan, "skip");
  if (gate !== undefined && gate.status !== "completed") return;
  const verdict = joined(plan, state);
  if (verdict === "skip") return end(at, plan, "skip");
  if (verdict === "begin") beginNode(at, plan);
}

function joined(plan: PlanNode, { open, satisfied }: NodeState): "begin" | "skip" | "wait" {
  const count = plan.waitsFor.length;
  switch (plan.join) {
    case "all":
      if (count - open > satisfied) return "skip";
      return open === 0 ? "begin" : "wait";
    case "any":
      if (satisfied > 0 || count === 0) return "begin";
      return open === 0 ? "skip" : "wait";
    case "all-settled":
      return open === 0 ? "begin" : "wait";
    default:
      return plan.join satisfies never;
  }
}

function beginNode(at: Advance, plan: PlanNode): void {
  const { flow } = at;
  if (needsDecision(plan)) {
    move(stateOf(flow, plan), "decide");
    flow.live += 1;
    at.commands.push({ kind: "decide", stepId: plan.id });
  } else {
    start(at, plan);
  }
}

function start(at: Advance, plan: PlanNode): void {
  const { flow } = at;
  if (plan.role !== "step")
    return plan.role === "close" ? done(at, started(flow, plan)) : end(at, plan, "complete");
  const state = stateOf(flow, started(flow, plan));
  if (plan.step.kind === "map") {
    if (state.elements === undefined && Array.isArray(plan.step.over)) state.elements = plan.step.over;
    startElements(at, plan);
    if (state.live.size === 0) done(at, plan);
    return;
  }
  state.live.add(0);
  flow.live += 1;
  at.commands.push({ kind: "start", unit: { stepId: plan.id, iteration: 0 } });
}

function started(flow: Flow, plan: PlanNode): PlanNode {
  move(stateOf(flow, plan), "start");
  return plan;
}

function startElements(at: Advance, plan: PlanNode): void {
  const state = stateOf(at.flow, plan);
  const { elements = [] } = state;
  const limit = plan.step.kind === "map" ? plan.step.concurrency : 1;
  while (state.live.size < limit && state.next < elements.length) {
    const iteration = state.next++;
    state.live.add(iteration);
    at.flow.live += 1;
    at.commands.push({
      kind: "start",
      unit: { stepId: plan.id, iteration },
      element: elements[iteration] ?? null,
    });
  }
}

function cancel(at: Advance, plan: PlanNode): void {
  end(at, plan, "cancel");
}

/** A node is over: those that wait for it are looked at. */
function end(at: Advance, plan: PlanNode, event: Exclude<StepEvent, "decide" | "start" | "finish">): void {
  move(stateOf(at.flow, plan), event);
  settled(at, plan);
}

function settled(at: Advance, plan: PlanNode): void {
  const { flow } = at;
  flow.unsettled -= 1;
  const from = stateOf(flow, plan);
  const isTolerated = from.status === "failed" && plan.step.onError === "continue";
  for (const { to, verdict } of plan.outgoing) {
    at.toConsider.push(to);
    const state = flow.nodes[to];
    if (state === undefined || verdict === undefined) continue;
    state.open -= 1;
    if (from.status === "completed" ? from.verdict === verdict : isTolerated && verdict) state.satisfied += 1;
  }
}

function noteDone(flow: Flow, plan: PlanNode, iteration: number): void {
  if (undoneBy(plan.step) !== undefined) flow.done.push({ stepId: plan.id, iteration });
}

function move(state: NodeState, event: StepEvent): void {
  state.status = nextStepStatus(state.status, event);
}

function collects(plan: PlanNode): boolean {
  return plan.step.kind === "map" && plan.step.itemErrors === "collect";
}

function nodeOf(flow: Flow, id: string): { readonly plan: PlanNode; readonly state: NodeState } | undefined {
  const index = flow.plan.byId.get(id);
  const plan = index === undefined ? undefined : flow.plan.nodes[index];
  return plan === undefined ? undefined : { plan, state: stateOf(flow, plan) };
}

function stateOf(flow: Flow, plan: PlanNode): NodeState {
  const state = flow.nodes[plan.index];
  if (state === undefined) throw new Error(`workflow run without a state for step ${plan.id}`);
  return state;
}

function endedAs(status: string): RunError {
  const code = status === "timed_out" ? "TIMEOUT" : status === "cancelled" ? "CANCELLED" : "EXECUTION_FAILED";
  return { code, message: `the step's run ended ${status.replace("_", " ")}`, retryable: false };
}

/** Runs in which a unit is under way, for whoever must know what to stop. */
export function liveUnits(flow: Flow): readonly Unit[] {
  return flow.plan.nodes.flatMap((plan) =>
    [...stateOf(flow, plan).live].map((iteration) => ({ stepId: plan.id, iteration })),
  );
}
