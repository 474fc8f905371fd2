// The handlers of the operations on executors, queues and workers.

import { notFound } from "../domain/errors.ts";
import type { QueueRow } from "../ports/worker-ledger.ts";
import { executorView, explanationView, queueView, workerView } from "./fleet-view.ts";
import type { Handlers } from "./handlers.ts";
import { whole } from "./page.ts";
import { present, when } from "./present.ts";
import type { Call } from "./services.ts";

export const fleetHandlers: Handlers<
  | "executors.list"
  | "executors.get"
  | "queues.list"
  | "queues.get"
  | "queues.update"
  | "queues.pause"
  | "queues.resume"
  | "queues.explain"
  | "workers.list"
> = {
  "executors.list": async (_, { services }) =>
    whole((await services.ledger.workers.executors()).map(executorView)),
  "executors.get": async ({ type }, { services }) => {
    const found = (await services.ledger.workers.executors()).find((executor) => executor.type === type);
    if (found !== undefined) return executorView(found);
    throw notFound("executor", type);
  },
  "queues.list": async (_, { services }) => whole((await services.ledger.workers.queues()).map(queueView)),
  "queues.get": async ({ name }, call) => queueView(await findQueue(name, call)),
  "queues.update": async ({ name, concurrency, keyConcurrency, rateLimit }, { services }) => {
    const limits = {
      concurrency,
      keyConcurrency,
      rateLimit: when(rateLimit, ({ limit, per }) => ({ limit, perMs: per })),
    };
    return queueView(
      await services.ledger.workers.configureQueue(name, present(limits), services.clock.now()),
    );
  },
  "queues.pause": async ({ name, reason, mode = "pause" }, call) => {
    await findQueue(name, call);
    const by = present({ actor: call.principal.actor, reason, mode });
    return queueView(await call.services.ledger.workers.pauseQueue(name, by, call.services.clock.now()));
  },
  "queues.resume": async ({ name }, call) => {
    await findQueue(name, call);
    return queueView(await call.services.ledger.workers.resumeQueue(name, call.services.clock.now()));
  },
  "queues.explain": async ({ name }, call) => {
    await findQueue(name, call);
    return explanationView(await call.services.engine.explain.queue(name));
  },
  "workers.list": async (_, { services }) => {
    const workers = await services.ledger.workers.workers(services.clock.now());
    return whole(workers.map((worker) => workerView(worker, services)));
  },
};

/** @throws NOT_FOUND for a queue that was never used nor configured: a pause under a mistyped name would hold nothing */
async function findQueue(name: string, { services }: Call): Promise<QueueRow> {
  const queue = await services.ledger.workers.queue(name);
  if (queue === undefined) throw notFound("queue", name);
  return queue;
}
