// `defineWorkflow`: a workflow in code, as the very data that JSON would have; functions may stand for expressions.

import { validationFailed, type RotaError } from "../domain/errors.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { StepStatus } from "../domain/workflow/step-state.ts";
import type { StepInput } from "../contract/schema/workflow.ts";
import type { InputOf } from "../contract/catalogue.ts";
import type { WorkflowFunction } from "../ports/workflow-function.ts";

/** A definition as `POST /api/v1/workflows/check` takes it. */
export type WorkflowInput = InputOf<"workflows.check">;

/** What a run's data is, as far as its author says so: types of the input, and of steps' outputs by their ids. */
export interface WorkflowData {
  readonly input?: unknown;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Carries types into a draft; empty at run time. */
export interface DataTypes<Data extends WorkflowData> {
  readonly "~data"?: Data;
}

/**
 * Says what the functions of a workflow see: `data: dataOf<{ input: Order; outputs: { charge: Receipt } }>()`. That the
 * data is so is the author's word; what is not said is JSON.
 */
export function dataOf<Data extends WorkflowData>(): DataTypes<Data> {
  return {};
}

/** Nothing is said of the data. */
type NoData = Readonly<Record<never, never>>;

/** What a function of a workflow sees of a run. */
export interface WorkflowScope<Id extends string = string, Data extends WorkflowData = NoData> {
  readonly input: Data extends { readonly input: infer Input } ? Input : Json;
  /** Variables as they are now. */
  readonly vars: JsonObject;
  readonly run: JsonObject;
  /** Every step by its id; `output` is null until it is completed. */
  readonly steps: {
    readonly [Each in Id]: {
      readonly status: StepStatus;
      readonly output: Data extends { readonly outputs: { readonly [Own in Each]: infer Output } }
        ? Output
        : Json;
    };
  };
  /** In a map: the element. */
  readonly item?: Json;
  /** In a map: the element's place. */
  readonly index?: number;
  /** In a compensation: what the step gave. */
  readonly output?: Json;
}

/** Computes a value, which must be JSON; a promise of one is awaited. */
export type StepFunction<Id extends string = string, Data extends WorkflowData = NoData> = (
  scope: WorkflowScope<Id, Data>,
) => unknown;

/** JSON, or a function wherever JSON could have an expression. */
export type TemplateInput<Id extends string = string, Data extends WorkflowData = NoData> =
  | StepFunction<Id, Data>
  | null
  | boolean
  | number
  | string
  | readonly TemplateInput<Id, Data>[]
  | { readonly [key: string]: TemplateInput<Id, Data> };

type Dependency<Id extends string> = Id | { readonly step: Id; readonly verdict?: boolean };

/** Fields that hold templates, those that hold one expression, and what else refers to steps. */
type Templates = "params" | "input" | "set" | "until" | "prompt";
type Single = "if" | "when" | "over";

/** One kind of step with typed ids and with functions allowed. */
type Drafted<Written, Id extends string, Data extends WorkflowData> = Written extends unknown
  ? {
      readonly [Field in keyof Written]: Field extends "id"
        ? Id
        : Field extends "dependsOn"
          ? readonly Dependency<NoInfer<Id>>[] | undefined
          : Field extends "steps"
            ? readonly StepDraft<Id, Data>[]
            : Field extends "each"
              ? Drafted<Written[Field], NoInfer<Id>, NoInfer<Data>>
              : Field extends "compensate"
                ? Drafted<Written[Field], NoInfer<Id>, NoInfer<Data>>
                : Field extends Templates
                  ? TemplateInput<NoInfer<Id>, NoInfer<Data>> | undefined
                  : Field extends Single
                    ? Written[Field] | StepFunction<NoInfer<Id>, NoInfer<Data>>
                    : Written[Field];
    }
  : never;

/** A step in code: as in JSON, with functions where expressions may stand. */
export type StepDraft<Id extends string = string, Data extends WorkflowData = NoData> = Drafted<
  StepInput,
  Id,
  Data
>;

/** What {@link defineWorkflow} takes. */
export interface WorkflowDraft<Id extends string = string, Data extends WorkflowData = NoData> extends Omit<
  WorkflowInput,
  "steps" | "variables" | "output"
> {
  /** What functions see, from {@link dataOf}; not part of the definition. */
  readonly data?: DataTypes<Data>;
  readonly steps: readonly StepDraft<Id, Data>[];
  readonly variables?: { readonly [name: string]: TemplateInput<NoInfer<Id>, NoInfer<Data>> };
  readonly output?: TemplateInput<NoInfer<Id>, NoInfer<Data>>;
}

export interface DefinedWorkflow {
  /** Plain data, the same that JSON would hold; a function is `{ $function: name }` in it. */
  readonly definition: WorkflowInput;
  /** The functions by those names, which come from the workflow and the place: `onboarding:steps.check.if`. */
  readonly functions: ReadonlyMap<string, WorkflowFunction>;
}

/**
 * Writes a workflow in code. Ids in `dependsOn` are checked by the compiler, and functions may stand for expressions;
 * whether the steps make a graph is told by `rota.workflows.check(workflow.definition)`.
 *
 * Functions are not part of the data: give the workflow to `createRota({ workflows })` in every process that is to
 * compute them. Their names follow steps' ids, not their order.
 *
 * @throws VALIDATION_FAILED for a value that JSON cannot hold, such as a Date, with its place
 * @example
 * const onboarding = defineWorkflow({
 *   name: "onboarding",
 *   steps: [
 *     { kind: "task", id: "fetch", type: "http", params: { url: "https://example.com/user" } },
 *     { kind: "condition", id: "adult", dependsOn: ["fetch"], if: "steps.fetch.output.body.age >= 18" },
 *   ],
 * });
 */
export function defineWorkflow<const Id extends string, Data extends WorkflowData = NoData>(
  draft: WorkflowDraft<Id, Data>,
): DefinedWorkflow {
  const { data: _, ...written } = draft;
  const functions = new Map<string, WorkflowFunction>();
  const definition = plain(written, { name: draft.name, path: [], functions });
  // Functions and undefined fields are gone; the rest is what the type of the draft says.
  return { definition: definition as unknown as WorkflowInput, functions };
}

interface Place {
  /** Of the workflow. */
  readonly name: string;
  readonly path: readonly string[];
  readonly functions: Map<string, WorkflowFunction>;
}

/** A copy as JSON holds it. */
function plain(value: unknown, place: Place): Json {
  if (typeof value === "function") return registered(value, place);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => plain(item, below(place, segmentOf(item, index))));
  }
  if (typeof value !== "object" || !isPlain(value)) throw notJson(value, place);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, plain(inner, below(place, key))]),
  );
}

function registered(call: unknown, { name, path, functions }: Place): Json {
  const registeredName = `${name}:${path.join(".")}`;
  functions.set(registeredName, call as WorkflowFunction); // only functions come here
  return { $function: registeredName };
}

/** Steps are told by their ids, so that a function keeps its name when its step is moved. */
function segmentOf(item: unknown, index: number): string {
  const isStep = typeof item === "object" && item !== null && "id" in item && "kind" in item;
  return isStep && typeof item.id === "string" ? item.id : String(index);
}

function below(place: Place, segment: string): Place {
  return { ...place, path: [...place.path, segment] };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function notJson(value: unknown, { path }: Place): RotaError {
  const kind = typeof value === "object" ? "an object of a class" : `a ${typeof value}`;
  const message = `expected JSON or a function, got ${typeof value === "number" ? "no finite number" : kind}`;
  return validationFailed([{ path: path.join("."), code: "INVALID_VALUE", message }]);
}
