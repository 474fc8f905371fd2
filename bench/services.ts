// Private Redis and PostgreSQL for one benchmark: free ports, temporary folders, stopped by pid.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, mkdirSync, openSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { sleep } from "./clock.ts";

export type ServerName = "redis" | "postgres";

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Redis as its documentation advises for durability at speed: an append-only file, synced each second. */
export async function startRedis(folder: string): Promise<RunningServer> {
  const port = await freePort();
  const data = join(folder, "redis");
  mkdirSync(data);
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--dir", data, "--save", ""];
  return launched("redis-server", [...flags, "--appendonly", "yes", "--appendfsync", "everysec"], {
    port,
    log: join(folder, "redis.log"),
    stopSignal: "SIGTERM",
  });
}

/** PostgreSQL with its defaults: fsync and synchronous_commit are on. */
export async function startPostgres(folder: string): Promise<RunningServer> {
  const port = await freePort();
  const binaries = execFileSync("pg_config", ["--bindir"], { encoding: "utf8" }).trim();
  const data = join(folder, "postgres");
  mkdirSync(data, { mode: 0o700 });
  const user = unprivileged();
  if (user) chownSync(data, user.uid, user.gid);
  const initialize = ["-D", data, "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"];
  execFileSync(join(binaries, "initdb"), initialize, { ...user, cwd: "/", stdio: "ignore" });
  const flags = ["-D", data, "-p", String(port), "-k", data, "-c", "listen_addresses=127.0.0.1"];
  return launched(join(binaries, "postgres"), flags, {
    port,
    log: join(folder, "postgres.log"),
    stopSignal: "SIGINT", // its "fast" shutdown
    ...(user ? { user } : {}),
  });
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made. */
function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

interface Launch {
  readonly port: number;
  readonly log: string;
  readonly stopSignal: NodeJS.Signals;
  readonly user?: User;
}

async function launched(program: string, flags: readonly string[], launch: Launch): Promise<RunningServer> {
  const log = openSync(launch.log, "a");
  const child = spawn(program, flags, { ...launch.user, cwd: "/", stdio: ["ignore", log, log] });
  const failure = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new Error(`${program} did not start: ${error.message}`)));
    child.once("exit", (code) =>
      reject(new Error(`${program} ended with ${String(code)}; see ${launch.log}`)),
    );
  });
  failure.catch(() => undefined);
  await Promise.race([listening(launch.port), failure]);
  return { port: launch.port, pid: child.pid ?? 0, stop: () => stopped(child, launch.stopSignal) };
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await exit;
}

async function listening(port: number): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (!(await answers(port))) {
    if (Date.now() > deadlineMs) throw new Error(`nothing listens on port ${port}`);
    await sleep(50);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
