// What the type system promises to those who write workflows in code.

import { describe, expectTypeOf, it } from "vitest";
import { dataOf, defineWorkflow, type Json, type WorkflowInput } from "../../src/index.ts";

describe("the types of workflows in code", () => {
  it("S1.63 C29 know the ids of steps, in dependencies and in what functions see", () => {
    const { definition } = defineWorkflow({
      name: "w",
      steps: [
        { kind: "task", id: "charge", type: "http" },
        {
          kind: "condition",
          id: "large",
          dependsOn: ["charge", { step: "charge", verdict: true }],
          if: ({ steps, input }) => {
            expectTypeOf(steps.charge.output).toEqualTypeOf<Json>();
            expectTypeOf(input).toEqualTypeOf<Json>();
            expectTypeOf(steps).toHaveProperty("large");
            return true;
          },
        },
        { kind: "parallel", id: "group", steps: [{ kind: "wait", id: "pause", for: "1h" }] },
        { kind: "task", id: "last", type: "http", dependsOn: ["pause"] },
      ],
    });
    expectTypeOf(definition).toEqualTypeOf<WorkflowInput>();
    defineWorkflow({
      name: "w",
      // @ts-expect-error a step that is not there
      steps: [{ kind: "task", id: "a", type: "t", dependsOn: ["b"] }],
    });
    defineWorkflow({
      name: "w",
      // @ts-expect-error a field of another kind
      steps: [{ kind: "wait", id: "a", if: "true" }],
    });
  });

  it("S1.61 are what the author says of the input and of outputs, and JSON where nothing is said", () => {
    interface Order {
      readonly id: string;
    }
    const { functions } = defineWorkflow({
      name: "w",
      data: dataOf<{ input: Order; outputs: { charge: { total: number } } }>(),
      steps: [
        { kind: "task", id: "charge", type: "t", params: { id: ({ input }) => input.id } },
        {
          kind: "condition",
          id: "large",
          dependsOn: ["charge"],
          if: ({ steps, input }) => {
            expectTypeOf(input).toEqualTypeOf<Order>();
            expectTypeOf(steps.large.output).toEqualTypeOf<Json>();
            return steps.charge.output.total > 100;
          },
        },
      ],
    });
    expectTypeOf(functions.size).toBeNumber();
  });
});
