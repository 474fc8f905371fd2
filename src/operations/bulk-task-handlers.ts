// The handlers of the operations on many tasks at once.

import { RotaError } from "../domain/errors.ts";
import type { Handlers } from "./handlers.ts";
import { newTaskInput } from "./task-input.ts";
import { createdTask } from "./task-view.ts";

export const bulkTaskHandlers: Handlers<"tasks.createMany"> = {
  "tasks.createMany": async ({ items }, call) => {
    const { engine, limits } = call.services;
    if (items.length > limits.bulkItems) {
      throw new RotaError(
        "VALIDATION_FAILED",
        `at most ${limits.bulkItems} items at once, got ${items.length}`,
      );
    }
    const inputs = await Promise.all(items.map((item) => newTaskInput(item, call)));
    const tasks = await engine.tasks.createMany(inputs, call.principal.actor);
    return { tasks: tasks.map((task) => createdTask(task, call.services)) };
  },
};
