// The handlers of the operations on workflows.

import { validationFailed } from "../domain/errors.ts";
import { checkWorkflow } from "../domain/workflow/check.ts";
import { drawingOf } from "../domain/workflow/drawing.ts";
import { mermaidOf } from "../domain/workflow/mermaid.ts";
import { underDefinition } from "../engine/workflow/trials.ts";
import { readWorkflow } from "../contract/schema/workflow.ts";
import type { ParsedOf } from "../contract/catalogue.ts";
import type { Handlers } from "./handlers.ts";
import { present, when } from "./present.ts";

export const workflowHandlers: Handlers<"workflows.check" | "workflows.simulate" | "workflows.draw"> = {
  "workflows.check": async (definition, { services }) => {
    const { issues, warnings, steps, depth } = await services.trials.check(
      readWorkflow(definition.name, definition),
    );
    return { ok: issues.length === 0, issues, warnings, steps, depth: depth ?? null };
  },
  "workflows.simulate": async ({ definition, input, outcomes, startAt, cancelAt }, { services }) => {
    const { events, steps, end, isTruncated } = await services.trials.simulate({
      definition: readWorkflow(definition.name, definition),
      input: input ?? {},
      outcomes: new Map(Object.entries(outcomes ?? {}).map(([id, outcome]) => [id, assumed(outcome)])),
      ...present({ startMs: startAt, cancelAtMs: cancelAt }),
    });
    return { events, steps, end: end ?? null, truncated: isTruncated };
  },
  "workflows.draw": async ({ definition, statuses = {} }) => {
    const workflow = readWorkflow(definition.name, definition);
    const issues = checkWorkflow(workflow);
    if (issues.length > 0) {
      throw validationFailed(issues.map(underDefinition));
    }
    const states = new Map(Object.entries(statuses));
    return { mermaid: mermaidOf(workflow, states), text: drawingOf(workflow, states) };
  },
};

type GivenOutcome = NonNullable<ParsedOf<"workflows.simulate">["outcomes"]>[string];

function assumed({ status, output, verdict, takes, undo }: GivenOutcome) {
  return present({
    status,
    output,
    verdict,
    takesMs: takes,
    undo: when(undo, (given) =>
      present({ status: given.status, takesMs: given.takes, answer: given.answer }),
    ),
  });
}
