// The body of a message to a webhook: the event, and the run or task it is about as it stands when the message is made.

import type { RotaEvent } from "../domain/event.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { feedEventView } from "./event-view.ts";
import { present, when } from "./present.ts";
import { runView } from "./run-view.ts";
import type { Services } from "./services.ts";
import { taskItem } from "./task-view.ts";

/** Above this the body leaves out what can be fetched: a receiver has limits of its own. */
const mostCharacters = 65_536;

/** `{type, timestamp, data}`, as Standard Webhooks recommends. */
export async function webhookMessage(event: RotaEvent, services: Services): Promise<string> {
  const view = feedEventView(event, services);
  const message = (data: object): string =>
    JSON.stringify({ type: view.type, timestamp: view.at, data: { ...view, ...data } });
  const { run, task } = await subjectOf(event, services);
  const whole = message(present({ run, task }));
  if (whole.length <= mostCharacters) return whole;
  return message(
    present({ run: when(run, withoutLargeFields), task: when(task, withoutLargeFields), truncated: true }),
  );
}

interface Subject {
  readonly run?: OutputOf<"runs.get">;
  readonly task?: OutputOf<"tasks.list">["items"][number];
}

async function subjectOf({ runKey, taskKey }: RotaEvent, services: Services): Promise<Subject> {
  if (runKey !== undefined) {
    const run = await services.ledger.runs.get(runKey);
    return run === undefined ? {} : { run: runView(run, services) };
  }
  const task = taskKey === undefined ? undefined : await services.ledger.tasks.get(taskKey);
  return task === undefined ? {} : { task: await taskItem(task, services) };
}

function withoutLargeFields(subject: object): object {
  const large = ["params", "result", "progress", "metadata"];
  return Object.fromEntries(Object.entries(subject).filter(([name]) => !large.includes(name)));
}
