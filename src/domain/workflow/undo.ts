// The end of a workflow run: what was done is undone in reverse, one after the other, and then it ends.

import type { Flow, FlowCommand, FlowEvent, UndoAnswer, Unit } from "./flow.ts";

/** Once nothing is under way, begins to undo, or ends the run. */
export function finish(flow: Flow, commands: FlowCommand[]): void {
  if (flow.live > 0) return;
  if (flow.phase === "running" && flow.unsettled === 0) {
    flow.phase = "ended";
    commands.push({ kind: "end", status: "completed" });
  } else if (flow.phase === "stopping") {
    if (flow.ending?.undo === true && flow.done.length > 0) {
      flow.phase = "compensating";
      undoNext(flow, commands);
    } else {
      end(flow, commands);
    }
  }
}

/** An undoing ended: the next one follows, or a person is asked what to do about this one. */
export function endUndo(
  flow: Flow,
  { unit, try: attempt, status }: Extract<FlowEvent, { kind: "undo-ended" }>,
  commands: FlowCommand[],
): void {
  const { undoing } = flow;
  if (flow.phase !== "compensating" || undoing === undefined) return;
  if (!isSame(undoing.unit, unit) || undoing.try !== attempt) return;
  if (status === "completed") {
    undoNext(flow, commands);
  } else {
    flow.phase = "asking";
    commands.push({ kind: "ask", unit });
  }
}

export function answerUndo(flow: Flow, answer: UndoAnswer, commands: FlowCommand[]): void {
  const { undoing } = flow;
  if (flow.phase !== "asking" || undoing === undefined) return;
  flow.phase = "compensating";
  switch (answer) {
    case "retry":
      return undo(flow, { ...undoing, try: undoing.try + 1 }, commands);
    case "skip":
      return undoNext(flow, commands);
    case "give-up":
      flow.compensated = false;
      return end(flow, commands);
    default:
      answer satisfies never;
  }
}

function undoNext(flow: Flow, commands: FlowCommand[]): void {
  const unit = flow.done.pop();
  if (unit === undefined) end(flow, commands);
  else undo(flow, { unit, try: 1 }, commands);
}

function undo(
  flow: Flow,
  undoing: { readonly unit: Unit; readonly try: number },
  commands: FlowCommand[],
): void {
  flow.undoing = undoing;
  commands.push({ kind: "undo", ...undoing });
}

function end(flow: Flow, commands: FlowCommand[]): void {
  const { ending, compensated } = flow;
  if (ending === undefined) throw new Error("a workflow run ends without a reason");
  const wasUndone = flow.undoing !== undefined || !compensated;
  flow.phase = "ended";
  delete flow.undoing;
  commands.push({
    kind: "end",
    status: ending.status,
    ...(ending.failed === undefined ? {} : { failed: ending.failed }),
    ...(wasUndone ? { compensated } : {}),
  });
}

function isSame(a: Unit, b: Unit): boolean {
  return a.stepId === b.stepId && a.iteration === b.iteration;
}
