// The benchmark: measures Rota side by side with its peers and holds the medians against the bars.

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allBars, workloadsOf, type Bar } from "./bars.ts";
import { contest, type Measurement } from "./contest.ts";
import { describeMachine } from "./machine.ts";
import { buildProduct, installPeers, peerVersions } from "./preparation.ts";
import { barTable, writeReport } from "./report.ts";
import { startPostgres, startRedis, type RunningServer, type ServerName } from "./services.ts";
import { readSettings, usage, type Settings } from "./settings.ts";
import { judge } from "./verdict.ts";
import type { Stage, Workload } from "./workload.ts";

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const settings = readSettings(words);
  if (settings === "help") return tell(usage);
  const bars = chosenBars(settings);
  const workloads = workloadsOf(bars);
  installPeers(tell);
  if (settings.builds) buildProduct(tell);

  const folder = mkdtempSync(join(process.env["BENCH_DATA"] ?? tmpdir(), "rota-bench-"));
  chmodSync(folder, 0o755); // PostgreSQL may run as another user
  const machine = describeMachine(
    folder,
    ["npm run bench", ...(words.length > 0 ? ["--", ...words] : [])].join(" "),
  );
  const servers = new Map<ServerName, RunningServer>();
  const cleanUp = async (): Promise<void> => {
    for (const server of servers.values()) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  // Interrupted: no server and no data are left behind. Measured processes end with their channel to this one.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
  }
  try {
    for (const name of serversOf(workloads)) {
      servers.set(name, name === "redis" ? await startRedis(folder) : await startPostgres(folder));
    }
    const measurements = await measureAll(workloads, stageOf(folder, servers, settings), settings);
    const verdicts = bars.map((bar) => judge(bar, measurements, settings.maxForeign));
    const path = writeReport({ machine, verdicts, workloads, measurements, versions: peerVersions() });
    tell(`\n${barTable(verdicts)}\n\nwritten: ${path}, bench/RESULTS.md`);
  } finally {
    await cleanUp();
  }
}

function chosenBars({ only, isBig }: Settings): readonly Bar[] {
  const unknown = only.filter((id) => !allBars.some((bar) => bar.id === id));
  if (unknown.length > 0) throw new Error(`--only: there is no bar ${unknown.join(", ")}`);
  if (only.length > 0) return allBars.filter(({ id }) => only.includes(id));
  return allBars.filter(({ id }) => isBig || id !== "E10");
}

function serversOf(workloads: readonly Workload[]): ReadonlySet<ServerName> {
  return new Set(workloads.flatMap(({ contenders }) => contenders.flatMap(({ server }) => server ?? [])));
}

function stageOf(folder: string, servers: ReadonlyMap<ServerName, RunningServer>, settings: Settings): Stage {
  const files = join(folder, "files");
  mkdirSync(files);
  return {
    place: {
      folder: files,
      redisPort: servers.get("redis")?.port ?? 0,
      postgresPort: servers.get("postgres")?.port ?? 0,
    },
    serverPid: ({ server }) => server && servers.get(server)?.pid,
    isThorough: settings.isThorough,
  };
}

async function measureAll(
  workloads: readonly Workload[],
  stage: Stage,
  settings: Settings,
): Promise<readonly Measurement[]> {
  const { maxForeign, tries, rounds, hasRounds, isThorough } = settings;
  const measurements: Measurement[] = [];
  for (const workload of workloads) {
    tell(`\n${workload.name}: ${workload.what}`);
    const isShortened = !isThorough && !hasRounds && workload.quickRounds !== undefined;
    measurements.push(
      ...(await contest(workload, stage, {
        rounds: isShortened ? Math.min(rounds, workload.quickRounds ?? rounds) : rounds,
        guard: { maxForeign, tries },
        tell,
      })),
    );
  }
  return measurements;
}

await main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
