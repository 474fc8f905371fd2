// The handlers of the operations on what a task says.

import type { Handlers } from "./handlers.ts";
import { present } from "./present.ts";
import { newTaskInput } from "./task-input.ts";
import { taskView } from "./task-view.ts";

export const taskContentHandlers: Handlers<"tasks.upsert"> = {
  "tasks.upsert": async ({ expectedRevision, ...input }, call) => {
    const { engine } = call.services;
    const fields = { ...(await newTaskInput(input, call)), externalId: input.externalId };
    const options = present({ expectedRevision });
    const { task, outcome } = await engine.tasks.upsert(fields, options, call.principal.actor);
    return { ...(await taskView(task, call.services)), outcome };
  },
};
