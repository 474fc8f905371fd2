// "每隔30分钟帮我监控一下服务器状态", for real and in half a minute: 2 seconds stand for 30 minutes.
//
// Starts an HTTP service and a Rota server, lets Rota watch the service, and then does to it what life does: pauses,
// resumes, triggers, cancels, kills it with kill -9 and starts it again. At the end it accounts for every due moment.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "rota/client";
import { printOccurrences, printRuns, say } from "./account.ts";
import { killHard, startRota, startService, stopGently } from "./installation.ts";

const folder = await mkdtemp(join(tmpdir(), "rota-server-monitor-"));
const service = await startService();
let server = await startRota(folder, 0);
const port = Number(new URL(server.url).port);
const rota = createClient({ baseUrl: server.url });

say(`a service answers at ${service.url}, Rota at ${server.url}`);
const watch = await rota.tasks.create({
  name: "监控服务器状态",
  description: "Watch the server",
  type: "http",
  params: { url: service.url },
  trigger: { kind: "interval", every: "2s" },
});
say(`created ${watch.id}: ${watch.schedule.description.zh} / ${watch.schedule.description.en}`);
const disk = await rota.tasks.create({
  name: "disk usage",
  type: "command",
  params: {
    command: "python3",
    args: [fileURLToPath(new URL("disk.py", import.meta.url))],
    input: { path: "/" },
  },
});
const digest = await rota.tasks.create({
  name: "digest",
  type: "digest",
  params: { items: 100 },
  overlap: "allow",
});

say("watching for five seconds …");
await pause(5000);

const paused = await rota.tasks.pause({ id: watch.id, reason: "先别监控了，暂停一下" });
say(`paused: ${paused.pausedBy?.reason ?? ""}`);
const askedAtPause = service.asked();
await pause(4500);
say(`the service was asked ${service.asked() - askedAtPause} times during the pause`);

const now = await rota.tasks.trigger({ id: watch.id, force: true, wait: "10s" });
say(`现在立刻监控一次: ${now.id} ${now.status}`);
await rota.tasks.resume({ id: watch.id });
say("resumed");

const python = await rota.tasks.trigger({ id: disk.id, wait: "10s" });
say(`Python says: ${JSON.stringify(python.result?.data)}`);

const long = await rota.tasks.trigger({ id: digest.id });
await until(async () => (await rota.runs.get({ id: long.id })).progress !== undefined);
await rota.runs.cancel({ id: long.id, reason: "changed my mind", grace: "1s" });
await until(async () => (await rota.runs.get({ id: long.id })).status === "cancelled");
say(`${long.id} was cancelled in the middle of its work`);

const interrupted = await rota.tasks.trigger({ id: digest.id, params: { items: 30 } });
await until(async () => (await rota.runs.get({ id: interrupted.id })).progress !== undefined);
await killHard(server);
say("kill -9: the server is gone, in the middle of a run");
await pause(6500);
server = await startRota(folder, port);
say("started again on the same file");
await until(async () => (await rota.runs.get({ id: interrupted.id })).status === "completed");
const recovered = await rota.runs.get({ id: interrupted.id });
say(
  `${recovered.id} went on after its last finished step: ${JSON.stringify(recovered.result?.data)}, attempt ${recovered.attempt}, recoveries ${recovered.recoveries}`,
);
await pause(3000);

const { causes } = await rota.tasks.explain({ id: watch.id });
say(`why is nothing running just now? ${causes[0]?.message.en ?? ""}`);
await rota.tasks.cancel({ id: watch.id });

const occurrences = await rota.tasks.occurrences({ id: watch.id, limit: 1000 });
printOccurrences(occurrences.items);
printRuns((await rota.runs.list({ limit: 1000 })).items);

await stopGently(server);
service.stop();
await rm(folder, { recursive: true });

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks again every tenth of a second, for half a minute at most. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error("waited for half a minute in vain");
    await pause(100);
  }
}
