// The HTTP server: every operation of the catalogue under /api/v1, its documentation, and health.

import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { RotaError } from "../domain/errors.ts";
import { operations } from "../contract/catalogue.ts";
import { isTagged, type Operation } from "../contract/operation.ts";
import { localPrincipal, type Principal } from "../contract/principal.ts";
import { routes, type OperationName } from "../contract/routes.ts";
import { admission, type Caller, type Gate } from "./admission.ts";
import { registerDocs } from "./docs.ts";
import { addGuard, principalOf, requestIdOf } from "./guard.ts";
import { openApiDocument, type OpenApiDocument } from "./openapi.ts";
import { originCheck } from "./origin.ts";
import { allowedAt, hintFor } from "./paths.ts";
import { answerFor } from "./problem.ts";
import { inputReader } from "./request-input.ts";
import { addSessionRoutes } from "./session-routes.ts";
import { readStrictJson } from "./strict-json.ts";

export interface HttpServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Performs an operation; what it throws becomes the answer. */
  readonly invoke: (name: OperationName, input: unknown, principal: Principal) => Promise<unknown>;
  /** Tells callers by their keys and sessions. @default every caller is the local principal */
  readonly gate?: Gate;
  /** Callers that show nothing are the local principal: for addresses only this machine reaches. @default true */
  readonly isOpen?: boolean;
  /** Who calls, instead of by `gate`; throws UNAUTHENTICATED. */
  readonly principalOf?: (caller: Caller) => Principal | Promise<Principal>;
  /** Whether `/readyz` says yes. @default always */
  readonly isReady?: () => boolean | Promise<boolean>;
  /** Further names by which the server is reached. */
  readonly allowedHosts?: readonly string[];
  /** Largest body in bytes. @default 2 MiB: params may have 1 MiB */
  readonly bodyLimitBytes?: number;
  /** Requests in hand at once; more are answered with 503. @default 1,000 */
  readonly mostAtOnce?: number;
  /** Requests of one API key in a minute; more are answered with 429; 0 is no bound. @default 0 */
  readonly requestsPerMinute?: number;
  /** Callers of one address that may show no key, or wrong ones, in a minute; then they hear 429. @default 60 */
  readonly refusalsPerMinute?: number;
  /** Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. @default none */
  readonly trustedProxies?: readonly string[];
  /** Names requests that bring no name of their own. @default numbers */
  readonly newRequestId?: () => string;
  /** Told of every answer. */
  readonly onAnswer?: (facts: AnswerFacts) => void;
  /** Told of every error that is Rota's own fault. */
  readonly onFault?: (error: unknown, request: FaultyRequest) => void;
}

export interface FaultyRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
}

/** What is known of a request that was answered; no payload and no query. */
export interface AnswerFacts extends FaultyRequest {
  readonly status: number;
  readonly durationMs: number;
  readonly address: string;
  /** Absent when nobody was let in. */
  readonly actor?: string;
}

export interface HttpServer {
  /** Begins to listen; resolves to the URL. */
  listen(): Promise<string>;
  /** Takes no new requests, finishes those in hand. Idempotent. */
  close(): Promise<void>;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  let requestCount = 0;
  const { newRequestId = () => `req-${(requestCount += 1)}` } = options;
  const app = fastify({
    requestIdHeader: false,
    genReqId: ({ headers }) => requestIdOf(headers["x-request-id"], newRequestId),
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    bodyLimit: options.bodyLimitBytes ?? 2 * 1024 * 1024,
    // How long a request may take to arrive as a whole; answers may take longer (`?wait`).
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 1000 },
    forceCloseConnections: "idle",
    frameworkErrors: (error, request, reply) => {
      send(reply, translate(error), pathOf(request));
    },
  });
  let check: ReturnType<typeof originCheck> = () => undefined;
  let isClosing = false;
  // A connection that is answered while closing would stay open for the next request, and keep the process.
  app.addHook("onSend", async (_request, reply) => {
    if (isClosing) reply.header("connection", "close");
  });
  const limits = addGuard(app, {
    principalOf: options.principalOf ?? admitting(options),
    checkOrigin: (headers) => check(headers),
    mostAtOnce: options.mostAtOnce ?? 1000,
    requestsPerMinute: options.requestsPerMinute ?? 0,
    refusalsPerMinute: options.refusalsPerMinute ?? 60,
  });
  app.addHook("onResponse", async (request, reply) => options.onAnswer?.(answerFacts(request, reply)));
  app.setErrorHandler((error, request, reply) => fail(error, request, { reply, options }));
  app.setNotFoundHandler((request, reply) => refuseUnknown(request, reply));
  acceptJsonOnly(app);
  for (const operation of operations) addRoute(app, operation, options);
  addOwnRoutes(app, options);
  addSessionRoutes(app, options.gate, limits);
  return {
    listen: async () => {
      const address = await app.listen({ host: options.host, port: options.port }).catch((error: unknown) => {
        throw cannotListen(error, options);
      });
      const port = Number(new URL(address).port || 80);
      check = originCheck({ host: options.host, port, allowedHosts: options.allowedHosts ?? [] });
      return address;
    },
    close: async () => {
      isClosing = true;
      await app.close();
    },
  };
}

function admitting({
  gate,
  isOpen = true,
}: HttpServerOptions): NonNullable<HttpServerOptions["principalOf"]> {
  return gate === undefined ? () => localPrincipal : admission(gate, { isOpen });
}

function answerFacts(request: FastifyRequest, reply: FastifyReply): AnswerFacts {
  const principal = request.getDecorator<Principal | null>("principal");
  return {
    requestId: request.id,
    method: request.method,
    path: pathOf(request),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
    address: request.ip,
    ...(principal === null ? {} : { actor: principal.actor }),
  };
}

function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
      const encoding = request.headers["content-encoding"] ?? "identity";
      if (encoding !== "identity")
        throw new RotaError("UNSUPPORTED_MEDIA_TYPE", `bodies in ${encoding} are not accepted`);
      done(null, body.length === 0 ? undefined : readStrictJson(Buffer.from(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error("unreadable body", { cause: error }));
    }
  });
}

function addRoute(app: FastifyInstance, operation: Operation, options: HttpServerOptions): void {
  const read = inputReader(operation);
  const headersOf = headerWriter(operation);
  app.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ":$1"),
    handler: async (request, reply) => {
      // The router takes "/tasks/" for a task without an id.
      if (pathOf(request).endsWith("/")) return refuseUnknown(request, reply);
      const input = read({
        params: request.params as Record<string, string>, // fastify reads them from the path
        query: request.query as Record<string, string | string[]>, // fastify reads them from the URL
        body: request.body,
        ifMatch: request.headers["if-match"],
      });
      const output = await options.invoke(operation.name, input, principalOf(request));
      reply.code(statusOf(operation, output)).headers(headersOf(output));
      return operation.status === 204 ? reply.send() : reply.send(output);
    },
  });
}

function statusOf({ status, statusWhen }: Operation, output: unknown): number {
  const fields = (output ?? {}) as Readonly<Record<string, unknown>>; // looked at before it is used
  return statusWhen !== undefined && fields[statusWhen.field] === statusWhen.is ? statusWhen.status : status;
}

/** Prepares once what each answer of an operation needs. */
function headerWriter(operation: Operation): (output: unknown) => Record<string, string> {
  const hasTag = isTagged(operation);
  const created = Object.entries(routes).find(([name]) => name === operation.created)?.[1].path;
  return (output) => {
    const { id, revision } = (output ?? {}) as { id?: unknown; revision?: unknown }; // looked at before it is used
    const headers: Record<string, string> = {};
    if (hasTag && typeof revision === "number") headers["etag"] = `"${revision}"`;
    const isCreated = statusOf(operation, output) === 201;
    if (isCreated && created !== undefined && typeof id === "string")
      headers["location"] = created.replace("{id}", id);
    return headers;
  };
}

function addOwnRoutes(app: FastifyInstance, { isReady = () => true }: HttpServerOptions): void {
  let made: OpenApiDocument | undefined;
  const document = (): OpenApiDocument => (made ??= openApiDocument());
  const open = { config: { isOpen: true } };
  const health = { config: { isOpen: true, isUncounted: true } };
  // The same for every installation, so there is nothing in it to protect.
  app.get("/openapi.json", open, async () => document());
  app.get("/healthz", health, async () => ({ status: "ok" }));
  app.get("/readyz", health, async (_, reply) => {
    const ready = await Promise.resolve(isReady()).catch(() => false);
    if (ready) return { status: "ready" };
    return reply.code(503).header("retry-after", "1").send({ status: "not-ready" });
  });
  app.register(async (scope) => registerDocs(scope, document));
}

function refuseUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request);
  const allowed = allowedAt(path);
  if (allowed.length === 0) return send(reply, unknownPath(request), path);
  reply.header("allow", allowed.join(", "));
  const message = `${request.method} is not possible here; use ${allowed.join(", ")}`;
  return send(reply, new RotaError("METHOD_NOT_ALLOWED", message, { details: { allowed } }), path);
}

function unknownPath(request: FastifyRequest): RotaError {
  const path = pathOf(request);
  const hint = hintFor(path);
  // The host has been checked: it is a name of this server.
  const docs = `${request.protocol}://${request.host}/docs`;
  const said = hint === undefined ? "" : `; ${hint}`;
  return new RotaError("NOT_FOUND", `there is no ${path.slice(0, 200)}${said} (all paths: ${docs})`, {
    details: hint === undefined ? { docs } : { hint, docs },
  });
}

interface Failure {
  readonly reply: FastifyReply;
  readonly options: HttpServerOptions;
}

function fail(error: unknown, request: FastifyRequest, { reply, options }: Failure): void {
  const translated = translate(error);
  const path = pathOf(request);
  if (!RotaError.isInstance(translated) || translated.code === "INTERNAL") {
    options.onFault?.(error, { requestId: request.id, method: request.method, path });
  }
  send(reply, translated, path);
}

/** What fastify itself refuses, in our words; everything else stays what it is. */
function translate(error: unknown): unknown {
  if (RotaError.isInstance(error) || !(error instanceof Error)) return error;
  const { code, statusCode } = error as Error & { code?: unknown; statusCode?: unknown }; // fastify's errors have both
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new RotaError("PAYLOAD_TOO_LARGE", "the body is larger than the limit");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return new RotaError("UNSUPPORTED_MEDIA_TYPE", "bodies must be application/json");
  }
  if (code === "FST_ERR_BAD_URL") return new RotaError("VALIDATION_FAILED", "the path cannot be read");
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return new RotaError("VALIDATION_FAILED", "the request cannot be read");
  }
  return error;
}

function send(reply: FastifyReply, error: unknown, path: string): FastifyReply {
  const answer = answerFor(error, path);
  return reply.code(answer.status).headers(answer.headers).send(JSON.stringify(answer.body));
}

function pathOf({ url }: FastifyRequest): string {
  return url.split("?", 1)[0] ?? url;
}

/** The commonest trouble at a start, said so that one knows what to do. */
function cannotListen(error: unknown, { host, port }: HttpServerOptions): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is in use; choose another with --port or ROTA_PORT`,
    EACCES: `port ${port} may not be used without more rights; choose one above 1023 with --port or ROTA_PORT`,
    EADDRNOTAVAIL: `${host} is no address of this machine; choose another with --host or ROTA_HOST`,
    ENOTFOUND: `${host} is not known; choose another with --host or ROTA_HOST`,
  };
  const reason = reasons[String(error.code)];
  return reason === undefined
    ? error
    : new RotaError("CONFIG_INVALID", reason, { details: { field: "port" }, cause: error });
}
