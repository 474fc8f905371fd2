// The state of one workflow run, and what can happen to it and follow from it.

import type { Json, JsonObject } from "../json.ts";
import type { RunError } from "../outcome.ts";
import type { TerminalStatus } from "../run-state.ts";
import type { Plan, PlanNode } from "./plan.ts";
import type { StepStatus } from "./step-state.ts";

/** One piece of work: a step, or one element of a map. */
export interface Unit {
  readonly stepId: string;
  /** The element's place; 0 for steps that are no map. */
  readonly iteration: number;
}

/**
 * What happened to a workflow run, in the order in which the ledger keeps it: the run's state is what these lead to, so
 * a restart reads them again, and a run can be looked at as it was at any of them.
 */
export type FlowEvent =
  /** It begins, with first variables; `reused` steps were done by an earlier run. */
  | {
      readonly kind: "begun";
      readonly variables?: JsonObject;
      readonly reused?: readonly ReusedStep[];
    }
  /** A step's `when` and then its `if` or `over` were computed. */
  | { readonly kind: "decided"; readonly stepId: string; readonly decision: Decision }
  | {
      readonly kind: "child-ended";
      readonly unit: Unit;
      readonly status: TerminalStatus;
      readonly verdict?: boolean;
      readonly error?: RunError;
    }
  /** A step's `set` was computed. */
  | { readonly kind: "set"; readonly stepId: string; readonly values: JsonObject | RunErrorOf }
  | {
      readonly kind: "undo-ended";
      readonly unit: Unit;
      readonly try: number;
      readonly status: TerminalStatus;
    }
  /** Somebody or a deadline ends it; undone unless by force. */
  | { readonly kind: "stopped"; readonly status: "cancelled" | "timed_out"; readonly force: boolean }
  /** What a person wants done about an undoing that failed. */
  | { readonly kind: "answered"; readonly answer: UndoAnswer };

/** A step that was done by the run of which this one is a repetition. */
export interface ReusedStep {
  readonly stepId: string;
  readonly verdict: boolean;
  /** Of a map: how many elements it had. */
  readonly elements?: number;
}

export interface RunErrorOf {
  readonly $error: RunError;
}

export const undoAnswers = ["retry", "skip", "give-up"] as const;
export type UndoAnswer = (typeof undoAnswers)[number];

export type Decision =
  | { readonly kind: "skip" }
  | { readonly kind: "start" }
  | { readonly kind: "verdict"; readonly verdict: boolean }
  | { readonly kind: "elements"; readonly elements: readonly Json[] }
  | { readonly kind: "error"; readonly error: RunError };

/** What is to be done now. Decisions and variables are computed at once; the rest goes to the ledger with the events. */
export type FlowCommand =
  | { readonly kind: "decide"; readonly stepId: string }
  | { readonly kind: "compute-set"; readonly stepId: string }
  /** A child run performs the unit; `element` is present in a map. */
  | { readonly kind: "start"; readonly unit: Unit; readonly element?: Json }
  /** Every child that is under way, or those of one step, is cancelled. */
  | { readonly kind: "stop-children"; readonly stepId?: string }
  | { readonly kind: "undo"; readonly unit: Unit; readonly try: number }
  /** A person decides what becomes of an undoing that failed. */
  | { readonly kind: "ask"; readonly unit: Unit }
  | {
      readonly kind: "end";
      readonly status: "completed" | "failed" | "cancelled" | "timed_out";
      /** Whose failure ended it. */
      readonly failed?: { readonly stepId: string; readonly error: RunError };
      /** Present when something was to be undone: whether all of it was. */
      readonly compensated?: boolean;
    };

/** `stopping`: nothing new begins, and what is under way is waited for. `asking`: a person decides. */
export type FlowPhase = "new" | "running" | "stopping" | "compensating" | "asking" | "ended";

export interface NodeState {
  status: StepStatus;
  verdict: boolean;
  /** Edges not yet settled, and those settled as wanted. */
  open: number;
  satisfied: number;
  error?: RunError;
  reused: boolean;
  /** Of a map: its elements, the next to begin, those under way, those that failed. */
  elements?: readonly Json[];
  next: number;
  readonly live: Set<number>;
  failedElements: number;
}

export interface Ending {
  readonly status: "failed" | "cancelled" | "timed_out";
  readonly failed?: { readonly stepId: string; readonly error: RunError };
  readonly undo: boolean;
}

/** Owned by whoever advances it: `advance` changes it in place, since a copy for each event would make a run quadratic. */
export interface Flow {
  readonly plan: Plan;
  readonly nodes: readonly NodeState[];
  phase: FlowPhase;
  variables: JsonObject;
  /** Nodes not yet settled. */
  unsettled: number;
  /** Units and computations under way. */
  live: number;
  /** Units done, in the order in which they were, as far as something undoes them. */
  readonly done: Unit[];
  ending?: Ending;
  undoing?: { readonly unit: Unit; readonly try: number };
  /** Whether every undoing asked for was done or waved through by a person. */
  compensated: boolean;
}

export function newFlow(plan: Plan): Flow {
  return {
    plan,
    nodes: plan.nodes.map(newNode),
    phase: "new",
    variables: {},
    unsettled: plan.nodes.length,
    live: 0,
    done: [],
    compensated: true,
  };
}

function newNode(node: PlanNode): NodeState {
  return {
    status: "pending",
    verdict: true,
    open: node.waitsFor.length,
    satisfied: 0,
    reused: false,
    next: 0,
    live: new Set(),
    failedElements: 0,
  };
}
