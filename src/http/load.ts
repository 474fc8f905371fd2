// How many requests are in hand: beyond a bound new ones are refused at once instead of making all slow.

import type { FastifyInstance } from "fastify";
import { RotaError } from "../domain/errors.ts";

/** Registers the bound; routes that are marked `isUncounted` are always taken. */
export function boundLoad(app: FastifyInstance, mostAtOnce: number): void {
  let inHand = 0;
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config?.isUncounted === true) return;
    if (inHand >= mostAtOnce) {
      throw new RotaError("OVERLOADED", `${mostAtOnce} requests are in hand`, { retryable: true });
    }
    inHand += 1;
    // Also when the caller goes away before there is an answer.
    reply.raw.once("close", () => (inHand -= 1));
  });
}
