// The processes of the example: the service that is watched, and the Rota server that watches it.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

/** A real HTTP service that counts how often it was asked. */
export async function startService(): Promise<{
  readonly url: string;
  readonly asked: () => number;
  readonly stop: () => void;
}> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ status: "up", asked }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the service has no port");
  return { url: `http://127.0.0.1:${address.port}/health`, asked: () => asked, stop: () => server.close() };
}

export interface RotaServer {
  readonly url: string;
  readonly process: ChildProcess;
}

/** `rota serve`, as a user starts it; ready when it prints its URL. */
export async function startRota(folder: string, port: number): Promise<RotaServer> {
  const bin = fileURLToPath(new URL("../../bin/rota.js", import.meta.url));
  const executors = fileURLToPath(new URL("executors.ts", import.meta.url));
  const flags = ["--database", `sqlite:${folder}/rota.db`, "--port", String(port), "--executors", executors];
  const child = spawn(process.execPath, [bin, "serve", ...flags, "--allow-commands", "python3"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ROTA_LOG_LEVEL: "warn" },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("http://")) return { url: line.trim(), process: child };
  }
  throw new Error("rota serve ended before it was ready");
}

/** The hard way: no warning, no clean-up. */
export async function killHard({ process: child }: RotaServer): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

export async function stopGently({ process: child }: RotaServer): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
