// Finds the way to Rota (SEM 34): the server named, else the process that owns the database, else the database itself.

import { existsSync } from "node:fs";
import { sqliteFileOf, type Config } from "../config/config.ts";
import { RotaError } from "../domain/errors.ts";
import { localPrincipal, type Principal } from "../contract/principal.ts";
import type { Connect, Reach } from "./reach.ts";

/** Commands started side by side take turns on the file; each holds it for some milliseconds. */
const turnMs = 50;
const longestWaitMs = 5000;

/** @throws LEDGER_LOCKED when the owner of the file has no server and does not go away */
export const connect: Connect = async (config, { isReading }) => {
  if (config.server !== undefined) return viaServer(config.server, config);
  const file = sqliteFileOf(config.database);
  if (file === undefined) {
    throw new RotaError(
      "CONFIG_INVALID",
      "config: server: a database in memory is reached through its server only; give --server",
    );
  }
  // Looking at nothing must not leave a file behind.
  if (isReading && !existsSync(file)) return viaDatabase({ ...config, database: "memory:" }, { isReading });
  return viaOwnerOrDatabase(config, isReading);
};

async function viaOwnerOrDatabase(config: Config, isReading: boolean): Promise<Reach> {
  for (let waitedMs = 0; ; waitedMs += turnMs) {
    try {
      return await viaDatabase(config, { isReading });
    } catch (error) {
      if (!RotaError.isInstance(error) || error.code !== "LEDGER_LOCKED") throw error;
      const { url } = error.details;
      if (typeof url === "string") return viaServer(url, config);
      if (waitedMs >= longestWaitMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, turnMs));
  }
}

type RemoteCall = (input: unknown) => Promise<unknown>;

async function viaServer(url: string, { apiKey }: Config): Promise<Reach> {
  const { createClient } = await import("../client/index.ts");
  const client = createClient({ baseUrl: url, ...(apiKey === undefined ? {} : { key: apiKey.reveal() }) });
  // One function for each operation, by noun and verb.
  const calls = client as unknown as Readonly<Record<string, Readonly<Record<string, RemoteCall>>>>;
  return {
    isServed: true,
    invoke: (operation, input) => {
      const [noun = "", verb = ""] = operation.split(".");
      const call = calls[noun]?.[verb];
      if (call === undefined) throw new Error(`the client lacks ${operation}`);
      return call(input);
    },
    close: () => Promise.resolve(),
  };
}

/** Opens the file for one command. Nothing is executed: schedules stand still until a server owns it. */
async function viaDatabase(config: Config, { isReading }: { readonly isReading: boolean }): Promise<Reach> {
  const [{ createRota }, { loadExecutors }] = await Promise.all([
    import("../app/create-rota.ts"),
    import("../app/serve.ts"),
  ]);
  // What is only read needs no code; what is created is checked by the executors that will run it.
  const modules = isReading ? [] : await Promise.all(config.executors.map((path) => loadExecutors(path)));
  const rota = await createRota({
    database: config.database,
    executors: modules.flat(),
    timezone: config.timezone,
    allowCommands: config.allowCommands,
    minInterval: config.minIntervalMs,
    retention: {
      success: config.retention.successMs,
      failure: config.retention.failureMs,
      audit: config.retention.auditMs,
    },
    synchronous: config.synchronous,
    ledgerThread: "main",
    start: false,
  });
  return {
    isServed: false,
    // A command is a call from outside, and so one for the audit.
    invoke: (operation, input) => rota.invoke(operation, input, commandPrincipal()),
    close: () => rota.stop({ graceMs: 0 }),
  };
}

function commandPrincipal(): Principal {
  return { ...localPrincipal, request: { id: `cli-${process.pid}` } };
}
