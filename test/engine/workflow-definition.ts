// Definitions for tests, and a Rota that is asked about them.
import { defineExecutor, type WorkflowInput } from "../../src/index.ts";
import { createTestRota } from "../../src/testing/index.ts";

export const task = (id: string, more: object = {}) => ({ kind: "task", id, type: "work", ...more });
export const work = defineExecutor({ type: "work", run: () => null });
export const start = () => createTestRota({ executors: [work] });

/** As it comes from outside: checked, and never by the compiler. */
export const definitionOf = (steps: readonly object[], more: object = {}) =>
  ({ name: "w", steps, ...more }) as unknown as WorkflowInput;
