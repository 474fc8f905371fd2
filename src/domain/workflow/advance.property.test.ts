// Random graphs with random ends against the rules said once more, as simply as they can be said (R10).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, liveUnits } from "./advance.ts";
import { errorPolicies, joins, type Step } from "./definition.ts";
import { newFlow, type Flow, type FlowCommand, type FlowEvent, type Unit } from "./flow.ts";
import { planOf } from "./plan.ts";

const compensate = { type: "undo", params: {} };

/** A step may wait for earlier ones only: a graph without a cycle. */
const stepsArbitrary = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        "task" as const,
        "task" as const,
        "task" as const,
        "condition" as const,
        "map" as const,
      ),
      join: fc.constantFrom(...joins),
      onError: fc.constantFrom(...errorPolicies),
      isUndoable: fc.boolean(),
      waits: fc.array(fc.record({ back: fc.nat(30), verdict: fc.boolean() }), { maxLength: 3 }),
    }),
    { maxLength: 25 },
  )
  .map((drafts): readonly Step[] =>
    drafts.map(({ kind, join, onError, isUndoable, waits }, index): Step => {
      const dependsOn = [
        ...new Map(waits.filter(() => index > 0).map((wait) => [wait.back % index, wait])).entries(),
      ].map(([step, { verdict }]) => ({ step: `s${step}`, verdict }));
      const own = { id: `s${index}`, dependsOn, join, onError };
      const undo = isUndoable ? { compensate } : {};
      if (kind === "condition") return { ...own, kind, if: "x" };
      if (kind === "map") {
        return {
          ...own,
          kind,
          over: [1, 2, 3],
          concurrency: 2,
          itemErrors: "fail",
          each: { kind: "task", type: "t", params: {}, ...undo },
        };
      }
      return { ...own, kind, type: "t", params: {}, ...undo };
    }),
  );

interface Played {
  readonly flow: Flow;
  readonly events: readonly FlowEvent[];
  readonly commands: readonly FlowCommand[];
}

/** Lets a run go on, by chance, until nothing is left to happen. */
function play(steps: readonly Step[], chance: () => number, { stopAt = -1, force = false } = {}): Played {
  const flow = newFlow(planOf({ name: "w", variables: {}, steps }));
  const events: FlowEvent[] = [];
  const commands: FlowCommand[] = [];
  const pending: FlowEvent[] = [{ kind: "begun" }];
  for (let turn = 0; pending.length > 0; turn++) {
    if (turn === stopAt) pending.push({ kind: "stopped", status: "cancelled", force });
    const [event] = pending.splice(Math.floor(chance() * pending.length), 1);
    if (event === undefined) break;
    events.push(event);
    for (const command of advance(flow, event)) {
      commands.push(command);
      const next = follow(command, chance);
      if (next !== undefined) pending.push(next);
    }
    // What was delivered once may be delivered again.
    expect(chance() < 0.2 ? advance(flow, event) : []).toEqual([]);
  }
  return { flow, events, commands };
}

function follow(command: FlowCommand, chance: () => number): FlowEvent | undefined {
  switch (command.kind) {
    case "decide":
      return {
        kind: "decided",
        stepId: command.stepId,
        decision: { kind: "verdict", verdict: chance() < 0.5 },
      };
    case "start":
      return { kind: "child-ended", unit: command.unit, status: chance() < 0.8 ? "completed" : "failed" };
    case "undo":
      // A second try always succeeds: chance that repeats could else go round for ever.
      return {
        kind: "undo-ended",
        unit: command.unit,
        try: command.try,
        status: command.try > 1 || chance() < 0.7 ? "completed" : "failed",
      };
    case "ask":
      return {
        kind: "answered",
        answer: (["retry", "skip", "give-up"] as const)[Math.floor(chance() * 3)] ?? "retry",
      };
    case "compute-set":
    case "stop-children":
    case "end":
      return undefined;
  }
}

/** Chance that shrinks and repeats: a fixed list, read round and round. */
const chanceArbitrary = fc
  .array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((list) => {
    let at = 0;
    return () => list[at++ % list.length] ?? 0;
  });

const keyOf = ({ stepId, iteration }: Unit): string => `${stepId}#${iteration}`;

describe("a workflow run of any shape", () => {
  it("R10 S1.52 ends, begins each unit at most once, and only when what it waits for allows it", () => {
    fc.assert(
      fc.property(
        stepsArbitrary,
        chanceArbitrary,
        fc.integer({ min: -1, max: 40 }),
        fc.boolean(),
        (steps, chance, stopAt, force) => {
          const { flow, commands } = play(steps, chance, { stopAt, force });
          expect(flow.phase).toBe("ended");
          expect(commands.filter((command) => command.kind === "end")).toHaveLength(1);
          expect(liveUnits(flow)).toEqual([]);
          const started = commands.flatMap((command) =>
            command.kind === "start" ? [keyOf(command.unit)] : [],
          );
          expect(new Set(started).size).toBe(started.length);
          for (const step of steps) expectAllowed(flow, step, started.includes(`${step.id}#0`));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("R10 undoes each unit that was done once, the last done first", () => {
    fc.assert(
      fc.property(
        stepsArbitrary,
        chanceArbitrary,
        fc.integer({ min: -1, max: 40 }),
        (steps, chance, stopAt) => {
          const { events, commands } = play(steps, chance, { stopAt });
          const undoable = new Set(
            steps
              .filter((step) =>
                step.kind === "task" ? step.compensate : step.kind === "map" && step.each.compensate,
              )
              .map((step) => step.id),
          );
          const done = events.flatMap((event) =>
            event.kind === "child-ended" && event.status === "completed" && undoable.has(event.unit.stepId)
              ? [keyOf(event.unit)]
              : [],
          );
          const undone = commands.flatMap((command) =>
            command.kind === "undo" && command.try === 1 ? [keyOf(command.unit)] : [],
          );
          // A person who gives up leaves the rest.
          expect(undone).toEqual(done.toReversed().slice(0, undone.length));
          const end = commands.find((command) => command.kind === "end");
          const isCompensated = end?.kind === "end" && end.compensated === true;
          expect(!isCompensated || undone.length === done.length).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("comes to the same state when its events are read again", () => {
    fc.assert(
      fc.property(stepsArbitrary, chanceArbitrary, (steps, chance) => {
        const { flow, events } = play(steps, chance);
        const again = newFlow(planOf({ name: "w", variables: {}, steps }));
        for (const event of events) advance(again, event);
        expect(again).toEqual(flow);
      }),
      { numRuns: 500 },
    );
  });
});

/** The join once more, read off the end of the run. */
function expectAllowed(flow: Flow, step: Step, wasStarted: boolean): void {
  const state = (id: string) => flow.nodes[flow.plan.byId.get(id) ?? -1];
  const own = state(step.id);
  const ends = step.dependsOn.map(({ step: id, verdict }) => {
    const from = state(id);
    const isTolerated =
      from?.status === "failed" && flow.plan.nodes[flow.plan.byId.get(id) ?? -1]?.step.onError === "continue";
    return {
      isSettled: from !== undefined && ["completed", "failed", "skipped", "cancelled"].includes(from.status),
      isSatisfied: from?.status === "completed" ? from.verdict === verdict : isTolerated && verdict,
    };
  });
  const mayBegin =
    step.join === "all"
      ? ends.every((end) => end.isSatisfied)
      : step.join === "any"
        ? ends.length === 0 || ends.some((end) => end.isSatisfied)
        : ends.every((end) => end.isSettled);
  expect(mayBegin || !wasStarted).toBe(true);
  expect(mayBegin && own?.status === "skipped").toBe(false);
  // A run that was neither stopped nor failed has come to an end of every step.
  expect(flow.ending === undefined && own?.status === "pending").toBe(false);
}
