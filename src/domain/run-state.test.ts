// The run's table: every state, every event, walked as a whole.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isTerminal,
  nextRunStatus,
  runEvents,
  runStatuses,
  runTransitions,
  terminalStatuses,
} from "./run-state.ts";

describe("the run's state machine", () => {
  it("S1.25–S1.32 S2.2 C4 has a state for every status the five designs name", () => {
    expect(runStatuses).toEqual(
      expect.arrayContaining([
        "pending",
        "running",
        "completed",
        "failed",
        "cancelled",
        "paused",
        "retrying",
        "timed_out",
      ]),
    );
  });

  it("I3 R7 lets nothing follow a terminal state", () => {
    for (const status of terminalStatuses) {
      for (const event of runEvents)
        expect(nextRunStatus(status, event), `${status} × ${event}`).toBeUndefined();
    }
  });

  it("names only known events and states in its cells", () => {
    for (const status of runStatuses) {
      for (const [event, next] of Object.entries(runTransitions[status])) {
        expect(runEvents).toContain(event);
        expect([...runStatuses, "paused-from"]).toContain(next);
      }
    }
  });

  it("lets every live state reach an end", () => {
    const reachesEnd = new Set<string>(terminalStatuses);
    for (let grown = true; grown;) {
      grown = false;
      for (const status of runStatuses) {
        if (reachesEnd.has(status)) continue;
        if (Object.values(runTransitions[status]).some((next) => reachesEnd.has(next)))
          grown = Boolean(reachesEnd.add(status));
      }
    }
    expect([...reachesEnd].sort()).toEqual([...runStatuses].sort());
  });

  it("can be cancelled and meets its deadline in every live state", () => {
    for (const status of runStatuses.filter((each) => !isTerminal(each))) {
      expect(["cancelled", "cancelling"]).toContain(nextRunStatus(status, "cancel"));
      expect(["timed_out", "cancelling"]).toContain(nextRunStatus(status, "deadline"));
    }
  });

  it("SEM 9 records a success in cancelling as completed and anything else as cancelled", () => {
    expect(nextRunStatus("cancelling", "complete")).toBe("completed");
    for (const event of ["fail", "time-out", "retry", "snooze", "suspend", "interrupt", "abort"] as const) {
      expect(nextRunStatus("cancelling", event)).toBe("cancelled");
    }
  });

  it("SEM 12 resumes to where it was paused from, and stays paused when its worker is lost", () => {
    for (const from of ["blocked", "pending", "retrying", "waiting"] as const) {
      expect(nextRunStatus("paused", "resume", from)).toBe(from);
    }
    expect(nextRunStatus("paused", "interrupt", "running")).toBe("paused");
  });

  it("R7 never leaves a terminal state on any walk", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...runEvents), { maxLength: 60 }), (events) => {
        const walk: (typeof runStatuses)[number][] = ["pending"];
        for (const event of events) {
          const next = nextRunStatus(walk.at(-1) ?? "pending", event);
          if (next !== undefined) walk.push(next);
        }
        expect(walk.slice(0, -1).filter(isTerminal)).toEqual([]);
      }),
    );
  });
});
