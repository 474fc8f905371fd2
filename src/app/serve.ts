// A Rota with its server: what `rota serve` runs, and what `rota/server` offers to programs.

import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { RotaError } from "../domain/errors.ts";
import type { Executor } from "../ports/executor.ts";
import { createLogger } from "../telemetry/pino/logger.ts";
import { loggedKinds, telemetryLog } from "../telemetry/pino/telemetry-log.ts";
import { createRota } from "./create-rota.ts";
import { createServer, isLoopback } from "./create-server.ts";
import type { Rota } from "./rota.ts";
import { TelemetryHub } from "./telemetry-hub.ts";

/** What {@link serve} puts together. */
export interface ServeOptions {
  readonly config: Config;
  /** Besides those of the modules that `config.executors` names. */
  readonly executors?: readonly Executor[];
  /** Told of everything the engine reports, besides the log. @default one that only the log listens to */
  readonly telemetry?: TelemetryHub;
}

/** A running server. */
export interface RunningServer {
  readonly url: string;
  readonly rota: Rota;
  /** Stops listening and claiming, drains for `graceMs`, gives back what is left. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Opens the database, starts the engine and listens.
 *
 * @throws CONFIG_INVALID (an address that others reach and no API key yet, a module without executors), LEDGER_LOCKED, LEDGER_CORRUPT, …
 */
export async function serve({
  config,
  executors = [],
  telemetry = new TelemetryHub(),
}: ServeOptions): Promise<RunningServer> {
  const loaded = await Promise.all(config.executors.map((path) => loadExecutors(path)));
  const rota = await createRota({
    database: config.database,
    executors: [...executors, ...loaded.flat()],
    concurrency: config.concurrency,
    queues: config.queues,
    timezone: config.timezone,
    synchronous: config.synchronous,
    allowCommands: config.allowCommands,
    // Who can be reached by others must not be talked into calling what only it can reach.
    outbound: { allowPrivate: isLoopback(config.host), allowHosts: config.outbound.allow },
    minInterval: config.minIntervalMs,
    retention: {
      success: config.retention.successMs,
      failure: config.retention.failureMs,
      audit: config.retention.auditMs,
    },
    telemetry,
    // What it does from its first moment on should be in the log.
    start: false,
  });
  const logger = createLogger(config.log);
  telemetry.subscribe(loggedKinds(logger), telemetryLog(logger, rota.ids));
  try {
    const server = await createServer(rota, config, logger);
    await rota.start();
    const url = await server.listen();
    await rota.announce(url);
    return {
      url,
      rota,
      close: async (options) => {
        // Together: requests that wait for runs end when those do.
        await Promise.all([server.close(), rota.stop(options)]);
      },
    };
  } catch (error) {
    await rota.stop({ graceMs: 0 });
    throw error;
  }
}

/**
 * Every executor a module exports, by whatever name, alone or in lists.
 *
 * @param path - a path from the working directory, or a `file:` URL
 * @throws CONFIG_INVALID when the module cannot be loaded or exports none
 */
export async function loadExecutors(path: string): Promise<readonly Executor[]> {
  const url = path.startsWith("file:") ? path : pathToFileURL(resolve(path)).href;
  let module: Readonly<Record<string, unknown>>;
  try {
    // A module's namespace: names to whatever it exports.
    module = (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new RotaError(
      "CONFIG_INVALID",
      `executors: cannot load ${path}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  const found = new Set(Object.values(module).flat().filter(isExecutor));
  if (found.size === 0) {
    throw new RotaError(
      "CONFIG_INVALID",
      `executors: ${path} exports no executor; make one with defineExecutor`,
    );
  }
  return [...found];
}

function isExecutor(value: unknown): value is Executor {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    "execute" in value &&
    "validate" in value
  );
}
