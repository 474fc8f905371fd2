// A process that embeds Rota and is its own client: killed together with it, restarted on the same file.

import { createInterface } from "node:readline";
import { inProcess, type Call } from "../api.ts";
import { DeedLog, readDeeds } from "../deeds.ts";
import { Client, finishAll, Memory, resumeAll, schedulesGoOn } from "../load.ts";
import { Chance } from "../seed.ts";
import { createRotaOf } from "./build.ts";
import { JumpingClock } from "./jumping-clock.ts";
import { workExecutors } from "./work.ts";

export interface EmbeddedOptions {
  /** URL of the source folder of the build to run. */
  readonly source: string;
  readonly database: string;
  readonly deeds: string;
  readonly seed: number;
  /** Clients that work from the start. */
  readonly clients: number;
  readonly ledgerThread: "thread" | "main";
  readonly concurrency: number;
  /** What the wall clock shows more than the real one, until told otherwise. */
  readonly clockOffsetMs?: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as EmbeddedOptions; // given by Child.program
const deeds = new DeedLog(options.deeds);
const clock = new JumpingClock(options.clockOffsetMs ?? 0);
const createRota = await createRotaOf(options.source);
const rota = await createRota({
  database: `sqlite:${options.database}`,
  ledgerThread: options.ledgerThread,
  concurrency: options.concurrency,
  executors: workExecutors(deeds),
  ...(options.clockOffsetMs === undefined ? {} : { clock }),
});
rota.on("*", ({ type, runId }) => {
  const end = /^run\.(completed|failed|cancelled|timed-out|skipped)$/.exec(type)?.[1];
  if (end !== undefined && runId !== undefined)
    deeds.write({ e: "told", run: runId, status: end.replace("-", "_") });
});
const call: Call = inProcess((operation, input) => rota.invoke(operation, input));
const memory = Memory.of(readDeeds(options.deeds));
const chance = new Chance(options.seed);
const clients = Array.from({ length: options.clients }, () => new Client({ call, deeds, chance, memory }));
const working = Promise.all(clients.map((client) => client.work()));
console.log("ready");

const orders: Readonly<Record<string, (argument: string) => Promise<void>>> = {
  quiet: async () => {
    for (const client of clients) client.stop();
    await working;
  },
  resume: () => resumeAll(call, deeds),
  schedules: () => schedulesGoOn(call, 5000),
  finish: (patienceMs) => finishAll(call, Number(patienceMs) || undefined),
  jump: async (argument) => clock.jump(Number(argument)),
  call: async (argument) => {
    const { operation, input } = JSON.parse(argument) as {
      operation: string;
      input: Record<string, unknown>;
    }; // sent by a test
    console.log(
      `answer ${JSON.stringify(await call(operation, input).catch((error: unknown) => ({ refused: String(error) })))}`,
    );
  },
  exit: async () => process.exit(3),
  throw: async () => {
    setTimeout(() => {
      throw new Error("thrown by the program around Rota");
    });
    await new Promise(() => undefined);
  },
  stop: async () => {
    await rota.stop({ graceMs: 5000 });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [order = "", ...rest] = line.split(" ");
  await orders[order]?.(rest.join(" "));
  console.log(`done ${order}`);
  if (order === "stop") break;
}
process.exit(0);
