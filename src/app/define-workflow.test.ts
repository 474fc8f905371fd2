// Workflows in code: the data they become, and the functions that are left out of it.
import { describe, expect, it } from "vitest";
import { defineWorkflow } from "./define-workflow.ts";

describe("defineWorkflow", () => {
  it("S1.57 S1.58 makes the very data that JSON would hold", () => {
    const written = {
      name: "onboarding",
      variables: { tries: 0 },
      steps: [
        {
          kind: "task",
          id: "fetch",
          type: "http",
          params: { url: "https://example.com" },
          retry: { maxAttempts: 2 },
        },
        { kind: "wait", id: "later", dependsOn: ["fetch"], for: "1h" },
      ],
      output: "{% steps.fetch.output %}",
    } as const;
    const { definition, functions } = defineWorkflow(written);
    expect(definition).toEqual(JSON.parse(JSON.stringify(written)));
    expect(functions.size).toBe(0);
  });

  it("S1.61 names functions by their places, and steps by their ids", () => {
    const adult = () => true;
    const { definition, functions } = defineWorkflow({
      name: "w",
      steps: [
        {
          kind: "parallel",
          id: "group",
          steps: [{ kind: "task", id: "a", type: "t", params: { list: [1, () => 2] }, when: undefined }],
        },
        { kind: "condition", id: "adult", dependsOn: ["group"], if: adult },
      ],
      output: () => "done",
    });
    expect([...functions.keys()]).toEqual([
      "w:steps.group.steps.a.params.list.1",
      "w:steps.adult.if",
      "w:output",
    ]);
    expect(functions.get("w:steps.adult.if")).toBe(adult);
    expect(definition).toMatchObject({
      steps: [
        { steps: [{ params: { list: [1, { $function: "w:steps.group.steps.a.params.list.1" }] } }] },
        {},
      ],
      output: { $function: "w:output" },
    });
    expect(JSON.stringify(definition)).not.toContain("when");
  });

  it.each([
    ["a class", new Date(0)],
    ["a big integer", 1n],
    ["no number", Number.NaN],
  ])("refuses %s, with its place", (_, value) => {
    const step = { kind: "task", id: "a", type: "t", params: { deep: [value] } } as const;
    expect(() => defineWorkflow({ name: "w", steps: [step as never] })).toThrowError(
      expect.objectContaining({
        code: "VALIDATION_FAILED",
        details: { issues: [expect.objectContaining({ path: "steps.a.params.deep.0" })] },
      }),
    );
  });
});
