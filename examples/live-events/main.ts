// Hears of runs in three ways: in the same program, as a stream, and by signed webhooks that survive a receiver's failure.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { createRota, defineExecutor } from "rota";
import { Webhook } from "standardwebhooks";

const greet = defineExecutor({
  type: "greet",
  run: (params: { readonly name: string }, ctx) => {
    ctx.log.info("greeting", { name: params.name });
    ctx.emit(`Hello, ${params.name}!`);
    return { greeted: params.name };
  },
});

await using rota = await createRota({
  database: "memory:",
  executors: [greet],
  webhooks: { retryDelays: ["100ms", "1s", "1m"] },
});

// A receiver: verifies each message, and is out of order when the first one comes.
let secret = "";
let count = 0;
const done = Promise.withResolvers<void>();
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    const isFirst = (count += 1) === 1;
    const headers = request.headers as Record<string, string>;
    const message = new Webhook(secret).verify(body, headers) as {
      type: string;
      data: { run: { result: unknown } };
    };
    console.log(`webhook: ${message.type}, verified, answered with ${isFirst ? 503 : 204}`);
    response.writeHead(isFirst ? 503 : 204).end();
    if (!isFirst) done.resolve();
  });
});
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");
const { port } = receiver.address() as AddressInfo;

const webhook = await rota.webhooks.create({ url: `http://127.0.0.1:${port}/`, events: ["run.completed"] });
({ secret } = webhook);

rota.on("run.completed", (event) => console.log(`listener: ${event.type}`));

const task = await rota.tasks.create({ name: "greeting", type: "greet", params: { name: "Ann" } });
const run = await rota.trigger(task);
for await (const item of rota.runs.stream({ id: run.id })) {
  if (item.type === "log") console.log(`stream: log: ${item.message}`);
  else if (item.type === "output") console.log(`stream: output: ${JSON.stringify(item.chunk)}`);
  else if (item.type === "end") console.log(`stream: end: ${JSON.stringify(item.run.result?.data)}`);
  else console.log(`stream: ${item.type}`);
}

await done.promise;
const deliveries = async () => (await rota.webhooks.deliveries({ id: webhook.id })).items;
let [delivery] = await deliveries();
for (; delivery?.status === "pending"; [delivery] = await deliveries()) await setTimeout(20);
console.log(
  `log: ${delivery?.status} after ${delivery?.attempts.map(({ statusCode }) => statusCode).join(", ")}`,
);
receiver.closeAllConnections();
receiver.close();
