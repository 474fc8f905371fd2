// Profiles one of Rota's workloads: where each thread of the measured process spends its time.
//
//   node bench/profile.ts <workload> [--count n] [--top n] [--ledger main] [--concurrency n] [--keep folder]

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "./clock.ts";
import { readProfile, type SelfTime } from "./cpu-profile.ts";
import { SideProcess, type SideSpec } from "./side-process.ts";
import type { QueueCommands } from "./sides/queue-commands.ts";
import type { Registration, ScheduleCommands, ScheduleGroup } from "./sides/schedule-commands.ts";
import type { Place } from "./sides/side.ts";

interface Options {
  readonly spec: SideSpec;
  readonly place: Place;
  readonly count: number;
  readonly flags: readonly string[];
}

/** What is profiled, by name; each answers with its own figures. */
const profiled: Readonly<Record<string, (options: Options) => Promise<unknown>>> = {
  "add-1": (options) =>
    queue(options, (side) => side.call("addLoop", { clients: 1, warmUpMs: 500, forMs: 4000, cap: 1e6 })),
  "add-64": (options) =>
    queue(options, (side) => side.call("addLoop", { clients: 64, warmUpMs: 500, forMs: 4000, cap: 1e6 })),
  bulk: (options) =>
    queue(options, (side) => side.call("bulk", { count: options.count, batch: 1000, rounds: 3 })),
  drain: async (options) => {
    await queue({ ...options, flags: [] }, (side) =>
      side.call("bulk", { count: options.count, batch: 1000, rounds: 1 }),
    );
    return queue(
      options,
      (side) => side.call("drain", { count: options.count, forAtMostMs: 120_000 }),
      false,
    );
  },
  sustained: (options) =>
    queue(options, async (side) => {
      await side.call("work", { tell: false });
      return side.call("rate", { perSecond: 1000, seconds: 10 });
    }),
  register: (options) => registered(options, { atOnce: 32 }),
  "register-bulk": (options) => registered(options, { atOnce: 1000, bulk: true }),
  due: (options) => fired(options, { group: "due", count: 1000, due: "together" }),
  spread: (options) => fired(options, { group: "due", count: 6000, due: "spread" }),
};

function registered(options: Options, how: Omit<Registration, "groups">): Promise<unknown> {
  const groups = [{ group: "never", count: options.count, due: "never" }] as const;
  return scheduler(options, (side) => side.call("register", { groups, ...how }));
}

function fired(options: Options, due: ScheduleGroup): Promise<number> {
  return scheduler(options, async (side) => {
    await side.call("register", {
      groups: [{ group: "never", count: 10_000, due: "never" }, due],
      atOnce: 1000,
      bulk: true,
    });
    await sleep(31_000);
    return (await side.call("takeFired")).length;
  });
}

async function queue<T>(
  options: Options,
  use: (side: SideProcess<QueueCommands>) => Promise<T>,
  isFresh = true,
): Promise<T> {
  const side = await SideProcess.queue(options.spec, options.place, options.flags);
  if (isFresh) await side.call("reset");
  await side.call("open");
  const result = await use(side);
  await side.end(30_000);
  return result;
}

async function scheduler<T>(
  options: Options,
  use: (side: SideProcess<ScheduleCommands>) => Promise<T>,
): Promise<T> {
  const side = await SideProcess.scheduler(options.spec, options.place, options.flags);
  await side.call("reset");
  await side.call("open");
  const result = await use(side);
  await side.end(30_000);
  return result;
}

function print(title: string, times: readonly SelfTime[], busyMs: number): void {
  const lines = times.map(
    ({ where, ms }) =>
      `${ms.toFixed(0).padStart(7)} ms ${((ms / busyMs) * 100).toFixed(1).padStart(5)} %  ${where}`,
  );
  process.stdout.write(`${title}\n${lines.join("\n")}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      count: { type: "string", default: "200000" },
      top: { type: "string", default: "30" },
      ledger: { type: "string", default: "thread" },
      concurrency: { type: "string", default: "1000" },
      keep: { type: "string" },
    },
  });
  const act = profiled[positionals[0] ?? ""];
  if (!act) throw new Error(`name one of ${Object.keys(profiled).join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "rota-profile-"));
  const profiles = values.keep ?? join(folder, "profiles");
  mkdirSync(profiles, { recursive: true });
  try {
    const settings = { ledgerThread: values.ledger, concurrency: Number(values.concurrency) };
    const result = await act({
      spec: { side: "rota", settings },
      place: { folder, redisPort: 0, postgresPort: 0 },
      count: Number(values.count),
      flags: ["--cpu-prof", `--cpu-prof-dir=${profiles}`, "--cpu-prof-interval=250"],
    });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    for (const name of readdirSync(profiles)
      .filter((file) => file.endsWith(".cpuprofile"))
      .toSorted()) {
      const { busyMs, idleMs, selfTimes, files } = readProfile(join(profiles, name));
      print(
        `\n${name}: busy ${busyMs.toFixed(0)} ms, idle ${idleMs.toFixed(0)} ms`,
        selfTimes.slice(0, Number(values.top)),
        busyMs,
      );
      print("by file", files.slice(0, 15), busyMs);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
