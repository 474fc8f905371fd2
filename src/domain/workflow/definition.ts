// A workflow as data: its steps, what they wait for, and what undoes them.

import type { Json, JsonObject } from "../json.ts";
import type { RetryPolicy } from "../retry.ts";

/**
 * Computes a value from a run's data: JSONata text, or the name of a function registered in code.
 *
 * It sees `input`, `vars`, `steps.<id>.output`, `steps.<id>.status`, `run`, and in a map `item` and `index`.
 */
export type Expression = string | { readonly $function: string };

/** JSON in which a string `{% … %}` stands for the value of the expression within; `{ $function }` likewise. */
export type Template = Json;

/** When a step with several dependencies begins: all satisfied, one satisfied, or all over whatever their end. */
export const joins = ["all", "any", "all-settled"] as const;
export type Join = (typeof joins)[number];

/**
 * What the failure of a step, after its retries, means for its workflow: it fails; it goes on as if the step had been
 * done; it fails and undoes what was done.
 */
export const errorPolicies = ["fail", "continue", "compensate"] as const;
export type ErrorPolicy = (typeof errorPolicies)[number];

/** Waits for a step; with `verdict: false` for a condition that was not met or an approval that was refused. */
export interface StepDependency {
  readonly step: string;
  /** @default true */
  readonly verdict: boolean;
}

/** What a child run performs. */
export interface Work {
  /** Type of an executor. */
  readonly type: string;
  readonly params: Template;
  readonly retry?: Partial<RetryPolicy>;
  readonly timeoutMs?: number;
  readonly queue?: string;
  readonly priority?: number;
}

interface StepCommon {
  /** Unique within the workflow, groups included. */
  readonly id: string;
  /** For people. @default the id */
  readonly name?: string;
  readonly dependsOn: readonly StepDependency[];
  readonly join: Join;
  /** False: the step is skipped. */
  readonly when?: Expression;
  readonly onError: ErrorPolicy;
  /** Variables set when the step is done. */
  readonly set?: JsonObject;
  readonly metadata?: JsonObject;
}

interface Undoable {
  /** Runs when the workflow is undone after this step was completed; sees the step's output as `output`. */
  readonly compensate?: Work;
}

/** Performs an executor's code. */
export interface TaskStep extends StepCommon, Undoable, Work {
  readonly kind: "task";
}

/** A run of another workflow. */
export interface SubworkflowStep extends StepCommon, Undoable {
  readonly kind: "workflow";
  readonly workflow: string;
  /** @default the one that is current when the step begins */
  readonly version?: number;
  readonly input: Template;
}

/** Waits for a time, an instant or a signal; holds nothing meanwhile. Output: the signal's payload, else null. */
export interface WaitStep extends StepCommon {
  readonly kind: "wait";
  readonly forMs?: number;
  /** An instant, ISO 8601, or an expression that gives one. */
  readonly until?: Template;
  readonly signal?: string;
  /** How long a signal is waited for; then the step fails. @default for ever */
  readonly timeoutMs?: number;
}

/** Asks a person. Its verdict is true unless the answer is one of `refusals`. Output: the answer. */
export interface ApprovalStep extends StepCommon {
  readonly kind: "approval";
  readonly prompt: Template;
  readonly options: readonly string[];
  /** Answers that mean no. */
  readonly refusals: readonly string[];
  readonly answerWithinMs?: number;
  /** Taken when nobody answered in time; without it the step fails. */
  readonly defaultAnswer?: Json;
}

/** Decides: its verdict is the value of `if`, and so is its output. */
export interface ConditionStep extends StepCommon {
  readonly kind: "condition";
  readonly if: Expression;
}

/** A group: begins together, is done when all its members are over. Output: theirs, by their ids. */
export interface ParallelStep extends StepCommon {
  readonly kind: "parallel";
  readonly steps: readonly Step[];
}

/** The same work for each element of a list. Output: the outputs in the order of the elements. */
export interface MapStep extends StepCommon {
  readonly kind: "map";
  /** The elements: at most `limits.mapItems`. */
  readonly over: Expression | readonly Json[];
  /** Elements worked on at once. */
  readonly concurrency: number;
  /** `collect`: a failed element does not fail the step; its place in the output is null. */
  readonly itemErrors: "fail" | "collect";
  readonly each: MapWork;
}

/** What is done for an element; each done element is undone by itself. */
export type MapWork =
  | ({ readonly kind: "task" } & Work & Undoable)
  | ({ readonly kind: "workflow" } & Pick<SubworkflowStep, "workflow" | "version" | "input"> & Undoable);

export type Step =
  | TaskStep
  | SubworkflowStep
  | WaitStep
  | ApprovalStep
  | ConditionStep
  | ParallelStep
  | MapStep;

export const stepKinds = ["task", "condition", "wait", "approval", "parallel", "map", "workflow"] as const;
export type StepKind = (typeof stepKinds)[number];

/** One version of a workflow, every default filled in. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the input. @default anything */
  readonly inputSchema?: JsonObject;
  /** First values of `vars`. */
  readonly variables: JsonObject;
  readonly steps: readonly Step[];
  /** The run's result. @default the output of the last step; of several last steps, an object by their ids */
  readonly output?: Template;
}

/** Bounds of a definition. */
export const workflowBounds = { steps: 1000, idLength: 64, depth: 10, mapItems: 10_000 } as const;

/** Types of the child runs that the engine performs itself. */
export const waitType = "wait";
export const workflowType = "workflow";
