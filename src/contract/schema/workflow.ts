// The workflow: its steps as a caller writes them, read as the domain has them.

import { z } from "zod";
import {
  errorPolicies,
  joins,
  workflowBounds,
  type Expression,
  type MapWork,
  type Step,
  type StepDependency,
  type Work,
  type WorkflowDefinition,
} from "../../domain/workflow/definition.ts";
import type { Json } from "../../domain/json.ts";
import { retrySchema } from "./policies.ts";
import {
  jsonObjectSchema,
  jsonSchema,
  lineSchema,
  positiveDurationSchema,
  prioritySchema,
  queueNameSchema,
  textSchema,
  typeSchema,
} from "./scalars.ts";

const idSchema = z
  .string()
  .max(workflowBounds.idLength)
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "expected a letter, then letters, digits, - and _")
  .describe("Unique within the workflow; expressions name it as `steps.<id>`");

export const workflowNameSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "expected letters, digits, dots, - and _")
  .describe("Unique name of a workflow");

const expressionSchema: z.ZodType<Expression, Expression> = z
  .union([textSchema(10_000).min(1), z.strictObject({ $function: lineSchema(300) })])
  .meta({
    id: "Expression",
    description: "JSONata over `input`, `vars`, `steps.<id>.output`, `steps.<id>.status`, `run`",
    examples: ["steps.charge.output.amount > 100"],
  });

const templateSchema = jsonSchema.describe(
  "JSON; a string `{% … %}` stands for the value of that expression",
);

const dependencySchema = z
  .union([idSchema, z.strictObject({ step: idSchema, verdict: z.boolean().optional() })])
  .transform((value): StepDependency =>
    typeof value === "string"
      ? { step: value, verdict: true }
      : { step: value.step, verdict: value.verdict ?? true },
  )
  .meta({
    id: "StepDependency",
    description:
      "A step; with `verdict: false` what begins when a condition is not met or an approval is refused",
    examples: ["charge", { step: "check", verdict: false }],
  });

const common = {
  id: idSchema,
  name: lineSchema(200).describe("For people").optional(),
  dependsOn: z.array(dependencySchema).max(workflowBounds.steps).optional(),
  join: z.enum(joins).describe("What of `dependsOn` must be satisfied; default all").optional(),
  when: expressionSchema.describe("False: the step is skipped").optional(),
  onError: z.enum(errorPolicies).describe("What its failure means for the workflow; default fail").optional(),
  set: jsonObjectSchema.describe("Variables set when it is done; values may be expressions").optional(),
  metadata: jsonObjectSchema.optional(),
};

const workFields = {
  type: typeSchema,
  params: templateSchema.optional(),
  retry: retrySchema.optional(),
  timeout: positiveDurationSchema.describe("Longest time of one attempt").optional(),
  queue: queueNameSchema.optional(),
  priority: prioritySchema.optional(),
};

const workSchema = z
  .strictObject(workFields)
  .transform(readWork)
  .meta({ id: "Work", description: "What undoes the step; its params may use `output`" });

const undoable = { compensate: workSchema.optional() };
const subworkflowFields = {
  workflow: workflowNameSchema,
  version: z.int().min(1).describe("Default: the current one when the step begins").optional(),
  input: templateSchema.optional(),
};

const taskStep = z.strictObject({ kind: z.literal("task"), ...common, ...workFields, ...undoable });
const subworkflowStep = z.strictObject({
  kind: z.literal("workflow"),
  ...common,
  ...subworkflowFields,
  ...undoable,
});
const waitStep = z.strictObject({
  kind: z.literal("wait"),
  ...common,
  for: positiveDurationSchema.optional(),
  until: templateSchema.describe("An instant, or an expression that gives one").optional(),
  signal: lineSchema(200).describe("Name of a signal to the step's run").optional(),
  timeout: positiveDurationSchema.describe("How long a signal is waited for").optional(),
});
const approvalStep = z.strictObject({
  kind: z.literal("approval"),
  ...common,
  prompt: textSchema(10_000).min(1).describe("The question; may be an expression"),
  options: z.array(lineSchema(200)).min(1).max(20).optional(),
  refusals: z.array(lineSchema(200)).max(20).describe("Answers that mean no").optional(),
  answerWithin: positiveDurationSchema.optional(),
  defaultAnswer: jsonSchema.describe("Taken when nobody answered in time").optional(),
});
const conditionStep = z.strictObject({ kind: z.literal("condition"), ...common, if: expressionSchema });
const mapStep = z.strictObject({
  kind: z.literal("map"),
  ...common,
  over: z.union([expressionSchema, z.array(jsonSchema).max(workflowBounds.mapItems)]),
  concurrency: z.int().min(1).max(1000).describe("Elements worked on at once; default 10").optional(),
  itemErrors: z
    .enum(["fail", "collect"])
    .describe("`collect`: a failed element does not fail the step; default fail")
    .optional(),
  each: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("task"), ...workFields, ...undoable }),
    z.strictObject({ kind: z.literal("workflow"), ...subworkflowFields, ...undoable }),
  ]),
});
const parallelStep = z.strictObject({
  kind: z.literal("parallel"),
  ...common,
  get steps() {
    return z.array(stepSchema).min(1).max(workflowBounds.steps);
  },
});

/** A step as a caller writes it. */
export type StepInput =
  | z.input<
      | typeof taskStep
      | typeof subworkflowStep
      | typeof waitStep
      | typeof approvalStep
      | typeof conditionStep
      | typeof mapStep
    >
  | GroupInput;

type GroupInput = z.input<z.ZodObject<typeof common>> & {
  readonly kind: "parallel";
  readonly steps: StepInput[];
};

/** Read as a step of the domain, every default filled in. */
const stepSchema: z.ZodType<Step, StepInput> = z
  .lazy(() =>
    z.discriminatedUnion("kind", [
      taskStep,
      subworkflowStep,
      waitStep,
      approvalStep,
      conditionStep,
      mapStep,
      parallelStep,
    ]),
  )
  .transform(readStep)
  .meta({ id: "Step", description: "One step of a workflow, by its `kind`" });

/** `POST /workflows`, and without the name `PUT /workflows/{name}`. */
export const workflowFields = {
  description: textSchema(10_000).optional(),
  inputSchema: jsonObjectSchema.describe("JSON Schema of the input").optional(),
  variables: jsonObjectSchema.describe("First values of `vars`; may be expressions over `input`").optional(),
  steps: z
    .array(stepSchema)
    .min(1)
    .max(workflowBounds.steps * 20),
  output: templateSchema.describe("The run's result; default the output of its last step").optional(),
};

type Read<Schema extends z.ZodType> = z.output<Schema>;
type ReadStep =
  | Read<
      | typeof taskStep
      | typeof subworkflowStep
      | typeof waitStep
      | typeof approvalStep
      | typeof conditionStep
      | typeof mapStep
    >
  | ({ readonly kind: "parallel"; readonly steps: readonly Step[] } & Pick<
      Read<typeof taskStep>,
      keyof typeof common
    >);

/** What a caller gave of a workflow, under its name. */
export function readWorkflow(
  name: string,
  given: z.output<z.ZodObject<typeof workflowFields>>,
): WorkflowDefinition {
  return { ...defined(given), name, variables: given.variables ?? {}, steps: given.steps };
}

function readStep(step: ReadStep): Step {
  const { id, dependsOn = [], join = "all", onError = "fail", name, when, set, metadata } = step;
  const own = { id, dependsOn, join, onError, ...defined({ name, when, set, metadata }) };
  switch (step.kind) {
    case "task":
      return { ...own, kind: "task", ...readWork(step), ...defined({ compensate: step.compensate }) };
    case "workflow":
      return { ...own, kind: "workflow", ...readSubworkflow(step) };
    case "wait": {
      const { for: forMs, until, signal, timeout } = step;
      return { ...own, kind: "wait", ...defined({ forMs, until, signal, timeoutMs: timeout }) };
    }
    case "approval": {
      const { prompt, options = ["approve", "reject"], answerWithin, defaultAnswer } = step;
      const refusals = step.refusals ?? options.filter((option) => option === "reject" || option === "no");
      return {
        ...own,
        kind: "approval",
        prompt,
        options,
        refusals,
        ...defined({ answerWithinMs: answerWithin, defaultAnswer }),
      };
    }
    case "condition":
      return { ...own, kind: "condition", if: step.if };
    case "parallel":
      return { ...own, kind: "parallel", steps: step.steps };
    case "map": {
      const { over, concurrency = 10, itemErrors = "fail", each } = step;
      return { ...own, kind: "map", over, concurrency, itemErrors, each: readEach(each) };
    }
    default:
      return step satisfies never;
  }
}

function readEach(each: Read<typeof mapStep>["each"]): MapWork {
  return each.kind === "task"
    ? { kind: "task", ...readWork(each), ...defined({ compensate: each.compensate }) }
    : { kind: "workflow", ...readSubworkflow(each) };
}

function readWork({
  type,
  params = null,
  retry,
  timeout,
  queue,
  priority,
}: z.output<z.ZodObject<typeof workFields>>): Work {
  const { delay, maxDelay, ...policy } = retry ?? {};
  const read = defined({ ...policy, delayMs: delay, maxDelayMs: maxDelay });
  return {
    type,
    params: params ?? {},
    ...(retry === undefined ? {} : { retry: read }),
    ...defined({ timeoutMs: timeout, queue, priority }),
  };
}

function readSubworkflow(step: {
  readonly workflow: string;
  readonly version?: number | undefined;
  readonly input?: Json | undefined;
  readonly compensate?: Work | undefined;
}) {
  const { workflow, version, input, compensate } = step;
  return { workflow, input: input ?? {}, ...defined({ version, compensate }) };
}

/** Without the fields that are undefined. */
type Defined<T> = { [Field in keyof T]?: Exclude<T[Field], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  // Only fields that are undefined go.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
