// Every expression of a definition with its place, so that a mistake in one can be named where it was written.

import { place } from "./check.ts";
import type { Expression, MapWork, Step, Template, Work, WorkflowDefinition } from "./definition.ts";
import { expressionsOf, type PlacedExpression } from "./template.ts";

/** In the order in which the definition has them. */
export function expressionsIn(definition: WorkflowDefinition): readonly PlacedExpression[] {
  const { variables, steps, output } = definition;
  return [
    ...inTemplate(variables, "variables"),
    ...place(steps, "steps").flatMap(({ step, path }) => inStep(step, path)),
    ...inTemplate(output, "output"),
  ];
}

function inStep(step: Step, path: string): readonly PlacedExpression[] {
  return [...one(step.when, `${path}.when`), ...ofKind(step, path), ...inTemplate(step.set, `${path}.set`)];
}

function ofKind(step: Step, path: string): readonly PlacedExpression[] {
  switch (step.kind) {
    case "task":
    case "workflow":
      return inWork(step, path);
    case "wait":
      return inTemplate(step.until, `${path}.until`);
    case "approval":
      return inTemplate(step.prompt, `${path}.prompt`);
    case "condition":
      return one(step.if, `${path}.if`);
    case "map": {
      const over = isExpression(step.over) ? one(step.over, `${path}.over`) : [];
      return [...over, ...inWork(step.each, `${path}.each`)];
    }
    case "parallel":
      return [];
    default:
      return step satisfies never;
  }
}

function inWork(
  work: Pick<Work, "params"> | MapWork | Extract<Step, { kind: "workflow" }>,
  path: string,
): readonly PlacedExpression[] {
  const given =
    "params" in work ? inTemplate(work.params, `${path}.params`) : inTemplate(work.input, `${path}.input`);
  const undo = "compensate" in work ? work.compensate : undefined;
  return [...given, ...inTemplate(undo?.params, `${path}.compensate.params`)];
}

/** A list of elements stands for itself; anything else computes one. */
export function isExpression(over: Expression | readonly unknown[]): over is Expression {
  return !Array.isArray(over);
}

function inTemplate(template: Template | undefined, path: string): readonly PlacedExpression[] {
  return template === undefined ? [] : expressionsOf(template, path);
}

function one(expression: Expression | undefined, path: string): readonly PlacedExpression[] {
  return expression === undefined ? [] : [{ path, expression }];
}
