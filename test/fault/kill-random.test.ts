// Random kill -9 under load, on the real server and on a process that embeds Rota: nothing acknowledged is ever lost.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { overHttp } from "./api.ts";
import { Arena } from "./arena.ts";
import { Child } from "./child.ts";
import type { Deed } from "./deeds.ts";
import { Client, finishAll, Memory, resumeAll, schedulesGoOn } from "./load.ts";
import type { EmbeddedOptions } from "./programs/embedded.ts";
import { chanceOf, isLong, say, type Chance } from "./seed.ts";

const source = new URL("../../src/", import.meta.url).href;
const executors = fileURLToPath(new URL("programs/executors.ts", import.meta.url));
const serverKills = isLong ? 600 : 60;
const embeddedKills = isLong ? 1400 : 140;
const clients = 3;
/** A schedule is decided again this long after a restart (R6). */
const recoveryMs = 5000;

/** Whether the process has done enough to have something to lose; the bounds are drawn anew for each life. */
function enough(chance: Chance, begin: number, pid: number): (deeds: readonly Deed[]) => boolean {
  const least = chance.whole(20, 200);
  const wantsWorkInHand = chance.next() < 0.7;
  const open = new Set<string>();
  let at = begin;
  let starts = 0;
  let acks = 0;
  return (deeds) => {
    for (; at < deeds.length; at++) {
      const deed = deeds[at];
      if (deed?.e === "ack") acks++;
      if (deed?.e === "start" && deed.pid === pid) {
        starts++;
        open.add(deed.run);
      }
      if (deed?.e === "end") open.delete(deed.run);
    }
    return deeds.length - begin >= least && starts > 0 && acks > 0 && (!wantsWorkInHand || open.size > 0);
  };
}

function report(arena: Arena, what: string): void {
  const deeds = arena.tail.read();
  const count = (test: (deed: Deed) => boolean): number => deeds.filter(test).length;
  const tables = arena.look();
  const recovered = tables.states.reduce((sum, { recoveries }) => sum + recoveries, 0);
  const poisoned = tables.states.filter(({ recoveries }) => recoveries >= 3).length;
  say(
    `${what}: ${arena.kills} kills, ${arena.killsWithRuns} of them under ${arena.killedRuns} claimed runs; ` +
      `${recovered} recoveries (${poisoned} runs lost their process three times); ` +
      `${count(({ e }) => e === "ack")} acknowledged calls, ${count(({ e }) => e === "start")} starts, ` +
      `${tables.births.size} runs, ${tables.occurrences.length} occurrences of ${tables.tasks.size} tasks`,
  );
}

describe("kill -9 at random moments", () => {
  it(
    `I1 I2 I3 I5 I7 I8 R1 R2 R3 R4 R5 R7 R8 R9 R11 loses nothing when rota serve is killed ${serverKills} times under load`,
    { timeout: 3_600_000 },
    async () => {
      const chance = chanceOf("rota serve is killed");
      using arena = new Arena();
      const memory = new Memory();
      const flags = [
        "--database",
        `sqlite:${arena.database}`,
        "--executors",
        executors,
        "--concurrency",
        "12",
      ];
      const env = { env: { ROTA_FAULT_DEEDS: arena.deedsPath } };
      for (let kill = 1; kill <= serverKills; kill++) {
        const begin = arena.tail.read().length;
        const { child, url } = await Child.serve(flags, env);
        await using _ = child;
        const hands = Array.from(
          { length: clients },
          () => new Client({ call: overHttp(url), deeds: arena.deeds, chance, memory }),
        );
        const working = Promise.all(hands.map((client) => client.work()));
        working.catch(() => undefined);
        await Promise.race([working, arena.progress(child, enough(chance, begin, child.pid))]);
        await arena.kill(child);
        for (const client of hands) client.stop();
        await working;
        expect(arena.tail.deeds.length, `kill ${kill} came without progress`).toBeGreaterThan(begin + 20);
        arena.demandNone(arena.violations);
      }
      const { child, url } = await Child.serve(flags, env);
      await using _ = child;
      const call = overHttp(url);
      await resumeAll(call, arena.deeds);
      const sinceMs = performance.now();
      await schedulesGoOn(call, recoveryMs);
      say(`every schedule was decided ${Math.round(performance.now() - sinceMs)} ms after the last restart`);
      await finishAll(call);
      child.signal("SIGTERM");
      expect(await child.exited).toMatchObject({ code: 0 });
      arena.buried(child.pid);
      report(arena, "rota serve");
      arena.demandNone(arena.judge());
      expect(arena.killsWithRuns).toBeGreaterThan(serverKills / 2);
    },
  );

  it(
    `I1 I2 I3 I5 I7 I8 R1 R2 R3 R4 R5 R7 R8 R9 R11 loses nothing when a process that embeds Rota is killed ${embeddedKills} times`,
    { timeout: 3_600_000 },
    async () => {
      const chance = chanceOf("a process that embeds Rota is killed");
      using arena = new Arena();
      const start = (withClients: number): Child =>
        Child.program("embedded", {
          source,
          database: arena.database,
          deeds: arena.deedsPath,
          seed: chance.whole(0, 2 ** 31),
          clients: withClients,
          ledgerThread: chance.pick(["thread", "main"]),
          concurrency: 12,
        } satisfies EmbeddedOptions);
      for (let kill = 1; kill <= embeddedKills; kill++) {
        const begin = arena.tail.read().length;
        await using child = start(clients);
        await arena.progress(child, enough(chance, begin, child.pid));
        await arena.kill(child);
        expect(arena.tail.deeds.length, `kill ${kill} came without progress`).toBeGreaterThanOrEqual(
          begin + 20,
        );
        arena.demandNone(arena.violations);
      }
      await using child = start(0);
      for (const order of ["resume", "schedules", "finish", "stop"]) {
        child.tell(order);
        await child.line(new RegExp(`done ${order}`));
      }
      expect(await child.exited).toMatchObject({ code: 0 });
      arena.buried(child.pid);
      report(arena, "embedded");
      arena.demandNone(arena.judge());
      expect(arena.killsWithRuns).toBeGreaterThan(embeddedKills / 2);
    },
  );
});
