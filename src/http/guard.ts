// What every request passes before its route: a name, the bound of load, host and origin, who asks, and how often.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal, RequestFacts } from "../contract/principal.ts";
import type { Caller } from "./admission.ts";
import { boundLoad } from "./load.ts";
import { RateLimits, type RateOptions } from "./rate-limits.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whoever asks; every other route needs a caller that is known. */
    readonly isOpen?: boolean;
    /** Health, and answers that stay open: not counted among the requests in hand. */
    readonly isUncounted?: boolean;
  }
}

export interface GuardOptions extends RateOptions {
  readonly principalOf: (caller: Caller) => Principal | Promise<Principal>;
  /** Throws FORBIDDEN for requests that are not meant for this server. */
  readonly checkOrigin: (headers: FastifyRequest["headers"]) => void;
  readonly mostAtOnce: number;
}

/** Nothing we answer is a page, but for /docs, which sets its own policy. */
const securityHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

export function addGuard(app: FastifyInstance, options: GuardOptions): RateLimits {
  const limits = new RateLimits(app, options);
  app.decorateRequest("principal", null);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders).header("x-request-id", request.id);
    options.checkOrigin(request.headers);
  });
  boundLoad(app, options.mostAtOnce);
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config?.isOpen === true) return;
    await admit(request, reply, { options, limits });
  });
  return limits;
}

async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  { options, limits }: { readonly options: GuardOptions; readonly limits: RateLimits },
): Promise<void> {
  const { method, headers, ip } = request;
  let principal: Principal;
  try {
    principal = await options.principalOf({ method, headers, remoteAddress: ip });
  } catch (error) {
    throw await limits.refusalOf(request, error);
  }
  request.setDecorator("principal", principal);
  await limits.take(request, reply, principal);
}

/** Who asks, with what is known of this request. */
export function principalOf(request: FastifyRequest): Principal {
  return { ...request.getDecorator<Principal>("principal"), request: factsOf(request) };
}

export function factsOf({ id, ip, headers }: FastifyRequest): RequestFacts {
  const key = headers["idempotency-key"];
  return { id, address: ip, ...(typeof key === "string" ? { idempotencyKey: key } : {}) };
}

/** The caller's own name for the request, where it can stand in a log line; else the next of ours. */
export function requestIdOf(given: string | readonly string[] | undefined, next: () => string): string {
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : next();
}
