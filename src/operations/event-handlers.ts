// The handlers of the operations that tell what happens while it happens.

import { parseFeedPosition } from "../domain/feed-position.ts";
import { RotaError, validationFailed } from "../domain/errors.ts";
import type { ResetReason } from "../engine/event-stream.ts";
import type { RunPlace, RunStreamItem, RunStreamKind } from "../engine/run-stream.ts";
import type { OutputOf, ParsedOf } from "../contract/catalogue.ts";
import { feedEventView, feedId } from "./event-view.ts";
import type { Handlers } from "./handlers.ts";
import { findRun, findTask, ownerFilter, runKeyFor, taskKeyFor } from "./lookup.ts";
import { mappedStream } from "./mapped-stream.ts";
import { present, when } from "./present.ts";
import { eventView, logView, outputView, runView } from "./run-view.ts";
import type { Call, Services } from "./services.ts";
import { statistics } from "./statistics.ts";
import { taskView } from "./task-view.ts";
import { utc } from "./time-text.ts";

type Reset = Extract<OutputOf<"events.stream">, { readonly type: "reset" }>;

const allKinds: readonly RunStreamKind[] = ["event", "progress", "log", "output"];

export const eventHandlers: Handlers<"events.stream" | "runs.stream"> = {
  "events.stream": async (input, call) => {
    const { type, taskId, runId, userId, conversationId, lastEventId } = input;
    const { engine } = call.services;
    const filter = {
      ...present({
        types: type,
        taskKey: taskId === undefined ? undefined : await taskKeyFor(taskId, call),
        runKey: runId === undefined ? undefined : await runKeyFor(runId, call),
        conversationId,
      }),
      ...ownerFilter(userId, call),
    };
    const after = lastEventId === undefined ? {} : { after: parseFeedPosition(lastEventId) ?? null };
    const stream = await engine.eventStreams.open({ filter, ...after });
    return mappedStream(stream, {
      show: async (item) =>
        item.kind === "event" ? feedEventView(item.event, call.services) : resetView(item, input, call),
      id: () => when(stream.position, (position) => feedId(position, call.services)),
    });
  },
  "runs.stream": async ({ id, only = allKinds, lastEventId }, call) => {
    const { key } = await findRun(id, call);
    const place = lastEventId === undefined ? { seq: 0, log: 0, output: 0 } : readPlace(lastEventId);
    const stream = call.services.engine.runStreams.open(key, { place, only: new Set(only) });
    return mappedStream(stream, {
      show: async (item) => itemView(item, call.services),
      id: () => placeId(stream.place),
    });
  },
};

/** What stands for the events that cannot be told any more: how it is now. */
async function resetView(
  { position, reason }: { readonly position: number; readonly reason: ResetReason },
  input: ParsedOf<"events.stream">,
  call: Call,
): Promise<Reset> {
  return {
    id: feedId(position, call.services),
    type: "reset",
    at: utc(call.services.clock.now()),
    position,
    reason,
    state: await stateNow(input, call),
  };
}

/** Empty when what was asked for is no longer there. */
async function stateNow({ runId, taskId }: ParsedOf<"events.stream">, call: Call): Promise<Reset["state"]> {
  try {
    if (runId !== undefined) return { run: runView(await findRun(runId, call), call.services) };
    if (taskId !== undefined) return { task: await taskView(await findTask(taskId, call), call.services) };
    return { stats: await statistics(call) };
  } catch (error) {
    if (RotaError.isInstance(error) && error.code === "NOT_FOUND") return {};
    throw error;
  }
}

function itemView(item: RunStreamItem, services: Services): OutputOf<"runs.stream"> {
  const id = placeId(item.place);
  switch (item.kind) {
    case "event":
      return { id, ...eventView(item.event) };
    case "log":
      return { id, type: "log", ...logView(item.entry) };
    case "output":
      return { id, type: "output", ...outputView(item.entry) };
    case "progress":
      return { id, type: "progress", progress: item.progress };
    case "end":
      return { id, type: "end", run: runView(item.run, services) };
  }
}

function placeId({ seq, log, output }: RunPlace): string {
  return `${seq}.${log}.${output}`;
}

/** @throws VALIDATION_FAILED */
function readPlace(text: string): RunPlace {
  const [, seq, log, output] = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (output === undefined) {
    const message = "not an id of this stream; give back the id of the last thing received, or leave it out";
    throw validationFailed([{ path: "lastEventId", code: "INVALID_VALUE", message }]);
  }
  return { seq: Number(seq), log: Number(log), output: Number(output) };
}
