// The handlers of the operations on many runs at once.

import { RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Handlers } from "./handlers.ts";
import { taskKeyFor } from "./lookup.ts";
import { runView } from "./run-view.ts";
import type { Call } from "./services.ts";
import { triggerInput } from "./trigger-input.ts";

export const bulkRunHandlers: Handlers<"tasks.triggerMany"> = {
  "tasks.triggerMany": async ({ id, items }, call) => {
    const { engine, limits } = call.services;
    if (items.length > limits.bulkItems) {
      throw new RotaError(
        "VALIDATION_FAILED",
        `at most ${limits.bulkItems} items at once, got ${items.length}`,
      );
    }
    const key = await taskKeyFor(id, call);
    const started = await engine.tasks.triggerMany(key, items.map(triggerInput), call.principal.actor);
    const views = started.map(async ({ runKey, isExisting }) => {
      const view = await runViewOf(runKey, call);
      return isExisting ? { ...view, deduplicated: true as const } : view;
    });
    return { runs: await Promise.all(views) };
  },
};

async function runViewOf(runKey: Key, { services }: Call): Promise<ReturnType<typeof runView>> {
  return runView(await services.engine.runs.get(runKey), services);
}
