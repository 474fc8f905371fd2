// The task's table.
import { describe, expect, it } from "vitest";
import { nextTaskStatus, taskEvents, taskStatuses, taskTransitions } from "./task-state.ts";

describe("the task's state machine", () => {
  it("S0.19 S0.20 S0.22 S0.23 S4.23 knows active, paused, completed and cancelled", () => {
    expect([...taskStatuses].sort()).toEqual(["active", "cancelled", "completed", "paused"]);
  });

  it("S0.32 stops a cancelled task for good", () => {
    for (const event of taskEvents)
      expect([undefined, "cancelled"]).toContain(nextTaskStatus("cancelled", event));
  });

  it("pauses and resumes only what is there to be", () => {
    expect(nextTaskStatus("active", "pause")).toBe("paused");
    expect(nextTaskStatus("paused", "resume")).toBe("active");
    expect(nextTaskStatus("active", "resume")).toBeUndefined();
    expect(nextTaskStatus("completed", "pause")).toBeUndefined();
  });

  it("leads only to known states", () => {
    for (const cells of Object.values(taskTransitions))
      for (const next of Object.values(cells)) expect(taskStatuses).toContain(next);
  });
});
