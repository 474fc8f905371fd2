// The operations that tell what happens while it happens.

import { z } from "zod";
import { operation } from "../operation.ts";
import {
  eventOut,
  eventPatternSchema,
  lastEventIdSchema,
  runStreamKinds,
  runStreamOut,
  streamResetOut,
} from "../schema/event.ts";
import { idSchema, lineSchema, oneOrMore, userIdSchema } from "../schema/scalars.ts";

const live = {
  permission: "viewer",
  effect: "reads",
  idempotent: true,
  mcp: { none: "an assistant asks how it stands when it wants to know" },
  say: { none: "a spoken answer is one sentence, not a stream" },
} as const;

export const eventOperations = {
  "runs.stream": operation("runs.stream", {
    ...live,
    summary: {
      en: "Follow a run: its events, progress, log and output as they come",
      zh: "实时跟随运行：事件、进度、日志与输出",
    },
    description:
      "Begins with what there is already, or goes on after `lastEventId`; ends with the run. Log, output and events each " +
      "come in order, without gap or duplicate; progress is told as it stands.",
    input: z.strictObject({
      id: idSchema("run"),
      only: oneOrMore(z.enum(runStreamKinds)).describe("Only these").optional(),
      lastEventId: lastEventIdSchema.optional(),
    }),
    output: runStreamOut,
    errors: ["NOT_FOUND"],
    cli: { noun: "runs", verb: "watch", args: ["id"] },
  }),
  "events.stream": operation("events.stream", {
    ...live,
    summary: { en: "Follow what happens, live", zh: "实时跟随系统中发生的事件" },
    description:
      "Every event that fits, in commit order, from now on or after `lastEventId`. A place that the feed (7 days) no longer " +
      "has is answered with a `reset`, then it goes on from the present.",
    input: z.strictObject({
      type: oneOrMore(eventPatternSchema).optional(),
      taskId: idSchema("task").optional(),
      runId: idSchema("run").optional(),
      userId: userIdSchema.optional(),
      conversationId: lineSchema(200).describe("The conversation it belongs to").optional(),
      lastEventId: lastEventIdSchema.optional(),
    }),
    output: z.discriminatedUnion("type", [eventOut, streamResetOut]),
    errors: ["NOT_FOUND"],
    cli: { verb: "events" },
  }),
};
