// The one HTTP client: resolves, checks every address, connects to what it checked, follows nothing, bounds everything.

import { promises as dns, type LookupAddress } from "node:dns";
import { isIP } from "node:net";
import { Agent, buildConnector, request as send, type Dispatcher } from "undici";
import { RotaError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Outbound, OutboundRequest, OutboundResponse, OutboundStream } from "../ports/outbound.ts";
import { AddressGuard, type Resolve } from "./address-guard.ts";

export interface GuardedClientOptions {
  readonly clock: Clock;
  /** Loopback and private addresses may be called: while the server itself is bound to loopback. @default false */
  readonly allowPrivate?: boolean;
  /** Hosts (`host` or `host:port`) that may be called although they are loopback or private. @default none */
  readonly allowHosts?: readonly string[];
  /** @default the system's resolver */
  readonly resolve?: Resolve;
}

const defaultTimeoutMs = 30_000;
const defaultIdleMs = 300_000;
const defaultMaxBytes = 10_485_760;
const connectTimeoutMs = 10_000;

/** Headers that say how the message is carried, which is this client's business. */
const carrierHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Link-local addresses and metadata services are refused always, loopback and private ones unless they are allowed. A
 * connection kept open is used again only for the same host, which it was checked for; answers are not decompressed.
 */
export class GuardedClient implements Outbound {
  readonly #clock: Clock;
  readonly #guard: AddressGuard;
  readonly #agent: Agent;

  constructor({
    clock,
    allowPrivate = false,
    allowHosts = [],
    resolve = resolveBySystem,
  }: GuardedClientOptions) {
    this.#clock = clock;
    this.#guard = new AddressGuard({ allowPrivate, allowHosts, resolve });
    this.#agent = new Agent({
      connect: this.#connector(),
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 65_536,
    });
  }

  async request(request: OutboundRequest): Promise<OutboundResponse> {
    const { maxBytes = defaultMaxBytes, timeoutMs = defaultTimeoutMs } = request.limits ?? {};
    const deadline = this.#deadline(timeoutMs, request.signal);
    try {
      const { statusCode, headers, body } = await this.#send(request, deadline.signal);
      const bytes = await collect(body, maxBytes);
      return { status: statusCode, headers: joined(headers), body: bytes };
    } catch (error) {
      throw translated(error, request);
    } finally {
      deadline.done();
    }
  }

  async open(request: OutboundRequest): Promise<OutboundStream> {
    const {
      maxBytes = Infinity,
      timeoutMs = defaultTimeoutMs,
      idleMs = defaultIdleMs,
    } = request.limits ?? {};
    const deadline = this.#deadline(timeoutMs, request.signal);
    try {
      const { statusCode, headers, body } = await this.#send(request, deadline.signal, idleMs);
      deadline.stopClock();
      const close = (): void => {
        deadline.done();
        body.destroy();
      };
      return {
        status: statusCode,
        headers: joined(headers),
        body: guarded(body, { maxBytes, request, close }),
        close,
      };
    } catch (error) {
      deadline.done();
      throw translated(error, request);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(
    request: OutboundRequest,
    signal: AbortSignal,
    idleMs?: number,
  ): Promise<Dispatcher.ResponseData> {
    const url = this.#guard.checkUrl(request.url);
    const response = await send(url, {
      dispatcher: this.#agent,
      method: (request.method ?? "GET").toUpperCase(), // undici throws when it is no token
      headers: { "accept-encoding": "identity", ...checkedHeaders(request.headers ?? {}) },
      body: request.body ?? null,
      signal,
      ...(idleMs === undefined ? {} : { bodyTimeout: idleMs }),
    });
    // Who reads the body hears of its errors by reading; a body that is left unread must not end the process.
    response.body.on("error", () => undefined);
    return response;
  }

  /** A signal that aborts at the limit or with the caller's. */
  #deadline(timeoutMs: number, caller: AbortSignal | undefined) {
    const controller = new AbortController();
    const follow = (): void => controller.abort(caller?.reason);
    if (caller?.aborted) follow();
    caller?.addEventListener("abort", follow, { once: true });
    const stopClock = this.#clock.after(timeoutMs, () => {
      controller.abort(new RotaError("TIMEOUT", `no answer within ${timeoutMs} ms`, { retryable: true }));
    });
    const done = (): void => {
      stopClock();
      caller?.removeEventListener("abort", follow);
    };
    return { signal: controller.signal, stopClock, done };
  }

  /** Connects only to addresses which the guard has just handed out, and looks at the peer before a byte is sent. */
  #connector(): buildConnector.connector {
    return (options, callback) => {
      const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
      const connect = buildConnector({
        timeout: connectTimeoutMs,
        lookup: (hostname, { all }, answer) => {
          this.#guard.addressesOf(hostname, port).then(
            (addresses) => {
              const found: LookupAddress[] = addresses.map((address) => ({ address, family: isIP(address) }));
              const [first] = found;
              if (!first)
                answer(Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" }), []);
              else if (all) answer(null, found);
              else answer(null, first.address, first.family);
            },
            (error: unknown) => answer(error instanceof Error ? error : new Error(String(error)), []),
          );
        },
      });
      connect(options, (error, socket) => {
        if (error) {
          callback(error, null);
        } else if (this.#guard.isAllowedPeer(socket.remoteAddress, options.hostname, port)) {
          callback(null, socket);
        } else {
          socket.destroy();
          callback(
            new RotaError("ADDRESS_REFUSED", `${options.hostname} is refused: it led to a private address`),
            null,
          );
        }
      });
    };
  }
}

async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  return (await dns.lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);
}

function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (carrierHeaders.has(lower))
      throw new RotaError("VALIDATION_FAILED", `headers.${name}: this header is set by the client itself`);
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/u.test(lower))
      throw new RotaError("VALIDATION_FAILED", `headers: ${JSON.stringify(name)} is no name of a header`);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (typeof value !== "string" || /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/u.test(value)) {
      throw new RotaError("VALIDATION_FAILED", `headers.${name}: a header is Latin text without line breaks`);
    }
    checked[lower] = value;
  }
  return checked;
}

function joined(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return result;
}

async function collect(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop by an error destroys the body and with it the connection.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface StreamBounds {
  readonly maxBytes: number;
  readonly request: OutboundRequest;
  readonly close: () => void;
}

async function* guarded(
  body: AsyncIterable<Buffer>,
  { maxBytes, request, close }: StreamBounds,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    throw translated(error, request);
  } finally {
    close();
  }
}

function tooLarge(maxBytes: number): RotaError {
  return new RotaError("PAYLOAD_TOO_LARGE", `the answer is larger than ${maxBytes} bytes`, {
    details: { maxBytes },
  });
}

/** What undici and the network throw, as one of ours; what the caller's signal carries, as it is. */
function translated(error: unknown, { signal, url }: OutboundRequest): unknown {
  if (signal?.aborted && error === signal.reason) return error;
  const ours = [error, error instanceof Error ? error.cause : undefined].find((candidate) =>
    RotaError.isInstance(candidate),
  );
  if (ours) return ours;
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
  const host = portlessHost(url);
  if (code === "UND_ERR_INVALID_ARG")
    return new RotaError("VALIDATION_FAILED", error instanceof Error ? error.message : "invalid request");
  const options = { retryable: true, details: { host, reason: code }, cause: error };
  if (/TIMEOUT|ETIMEDOUT/u.test(code))
    return new RotaError("TIMEOUT", `${host} did not answer in time`, options);
  return new RotaError("EXECUTION_FAILED", `${host} cannot be reached: ${code}`, options);
}

function portlessHost(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "the host";
}
