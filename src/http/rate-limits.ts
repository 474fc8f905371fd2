// How often a caller may ask: a bound for each API key, and one for each address that shows none or wrong ones.

import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RotaError } from "../domain/errors.ts";
import type { Principal } from "../contract/principal.ts";

const minuteMs = 60_000;
export interface RateOptions {
  /** Requests of one key in a minute; 0 is no bound. */
  readonly requestsPerMinute: number;
  /** Refused callers of one address in a minute; then they hear only when to come back. */
  readonly refusalsPerMinute: number;
}

export class RateLimits {
  readonly #perMinute: number;
  #take: ReturnType<FastifyInstance["createRateLimit"]> | undefined;
  #refuse: ReturnType<FastifyInstance["createRateLimit"]> | undefined;

  constructor(app: FastifyInstance, { requestsPerMinute, refusalsPerMinute }: RateOptions) {
    this.#perMinute = requestsPerMinute;
    app.register(rateLimit, { global: false });
    app.after(() => {
      this.#take = app.createRateLimit({
        max: requestsPerMinute,
        timeWindow: minuteMs,
        keyGenerator: keyOf,
      });
      this.#refuse = app.createRateLimit({
        max: refusalsPerMinute,
        timeWindow: minuteMs,
        keyGenerator: ({ ip }) => `refused ${ip}`,
      });
    });
  }

  /** Counts a request of a known caller. @throws RATE_LIMITED */
  async take(request: FastifyRequest, reply: FastifyReply, { kind }: Principal): Promise<void> {
    if (this.#perMinute === 0 || kind === "local") return;
    const rate = await this.#take?.(request);
    if (rate === undefined || rate.isAllowed) return;
    reply.headers({
      "ratelimit-limit": String(rate.max),
      "ratelimit-remaining": String(rate.remaining),
      "ratelimit-reset": String(rate.ttlInSeconds),
    });
    if (rate.isExceeded) throw tooOften(`this key may ask ${rate.max} times a minute`, rate.ttl);
  }

  /** What a caller that was not let in hears: why, or after too many tries only when to come back. */
  async refusalOf(request: FastifyRequest, why: unknown): Promise<unknown> {
    if (!RotaError.isInstance(why) || why.code !== "UNAUTHENTICATED") return why;
    const rate = await this.#refuse?.(request);
    if (rate === undefined || rate.isAllowed || !rate.isExceeded) return why;
    return tooOften("too many requests from this address without a valid key", rate.ttl);
  }
}

function keyOf(request: FastifyRequest): string {
  const { keyId, actor } = request.getDecorator<Principal>("principal");
  return keyId ?? actor;
}

function tooOften(message: string, retryAfterMs: number): RotaError {
  return new RotaError("RATE_LIMITED", message, { retryable: true, details: { retryAfterMs } });
}
