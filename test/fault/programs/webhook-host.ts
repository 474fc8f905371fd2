// Embeds Rota with a webhook, and makes runs until it is killed; or only sends what is left to be sent.

import { createRota } from "../../../src/app/create-rota.ts";
import { defineExecutor } from "../../../src/executors/define-executor.ts";

export interface WebhookHostOptions {
  readonly database: string;
  /** Where the webhook goes. */
  readonly url: string;
  /** Makes runs; absent: makes none. */
  readonly isBusy?: true;
}

const { database, url, isBusy } = JSON.parse(process.argv[2] ?? "{}") as WebhookHostOptions; // given by Child.program
const rota = await createRota({
  database,
  executors: [defineExecutor({ type: "echo", run: () => "done" })],
});
const { items } = await rota.webhooks.list();
if (items.length === 0) await rota.webhooks.create({ url, events: ["run.completed"] });
console.log("ready");
if (isBusy === true) {
  const task = await rota.tasks.create({ name: "t", type: "echo" });
  for (;;) await (await rota.trigger(task)).result();
}
