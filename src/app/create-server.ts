// Puts the HTTP server of a Rota together from its configuration, and sees that nobody is let in by oversight.

import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { RotaError } from "../domain/errors.ts";
import { createHttpServer, type AnswerFacts, type HttpServer } from "../http/server.ts";
import type { Logger } from "../telemetry/pino/logger.ts";
import type { Rota } from "./rota.ts";

/** @throws CONFIG_INVALID when everybody needs an API key and there is none */
export async function createServer(rota: Rota, config: Config, logger: Logger): Promise<HttpServer> {
  const gate = await rota.gatekeeper();
  const isOpen = isLoopback(config.host) && config.auth === "open-on-loopback";
  if (!isOpen && !(await gate.hasUsableKey())) throw noKeyYet(config);
  return createHttpServer({
    host: config.host,
    port: config.port,
    gate,
    isOpen,
    allowedHosts: config.allowedHosts,
    ...(config.trustedProxies.length === 0 ? {} : { trustedProxies: config.trustedProxies }),
    bodyLimitBytes: config.limits.bodyBytes,
    mostAtOnce: config.limits.requestsAtOnce,
    requestsPerMinute: config.limits.requestsPerMinute,
    newRequestId: randomUUID,
    invoke: (name, input, principal) => rota.invoke(name, input, principal),
    isReady: () => rota.isDeciding,
    onAnswer: (facts) => logAnswer(logger, facts),
    onFault: (error, request) => logger.error({ error, ...request }, "request failed by our own fault"),
  });
}

/** Who is not let in is worth a warning; everything else is for whoever looks closely. */
function logAnswer(logger: Logger, { status, ...facts }: AnswerFacts): void {
  if (status === 401 || status === 403) logger.warn({ status, ...facts }, "request refused");
  else logger.debug({ status, ...facts }, "request answered");
}

function noKeyYet({ host, auth, database }: Config): RotaError {
  const why =
    auth === "required"
      ? "auth: required lets nobody in without an API key, and there is none yet"
      : `host: ${host} can be reached by others, and there is no API key yet`;
  const details = { field: auth === "required" ? "auth" : "host" };
  if (database === "memory:") {
    const text = `${why}; a database in memory begins without keys, so keep this one in a file`;
    return new RotaError("CONFIG_INVALID", text, { details });
  }
  const isDefault = database === `sqlite:${resolve("rota.db")}`;
  const command = `rota keys create admin --role admin${isDefault ? "" : ` --database ${shellWord(database)}`}`;
  return new RotaError("CONFIG_INVALID", `${why}; make one with: ${command}`, {
    details: { ...details, command },
  });
}

function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
