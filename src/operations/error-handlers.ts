// The handlers of the operations on the error inbox.

import { notFound } from "../domain/errors.ts";
import type { ErrorGroup, ErrorStatus } from "../domain/error-group.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import type { Handlers } from "./handlers.ts";
import { ownerFilter } from "./lookup.ts";
import { pageAnswer, pageRequest } from "./page.ts";
import { present } from "./present.ts";
import type { Call } from "./services.ts";
import { utc } from "./time-text.ts";

export const errorHandlers: Handlers<
  "errors.list" | "errors.get" | "errors.retry" | "errors.resolve" | "errors.mute" | "errors.reopen"
> = {
  "errors.list": async ({ userId, status = ["open"], type, ...page }, call) => {
    const query = { ...pageRequest(page), ...present({ type }), status, ...ownerFilter(userId, call) };
    return pageAnswer(await call.services.ledger.errors.list(query), (group) => groupView(group, call));
  },
  "errors.get": async ({ fingerprint }, call) => groupView(await find(fingerprint, call), call),
  "errors.retry": async ({ fingerprint, revision, limit }, call) => {
    await find(fingerprint, call);
    const { engine, ids } = call.services;
    const options = { limit, ...present({ revision }) };
    const { retried, refused, more } = await engine.errors.retry(fingerprint, options, call.principal.actor);
    return {
      runIds: retried.map((key) => ids.encode("run", key)),
      refused: refused.map(({ runKey, error }) => ({
        runId: ids.encode("run", runKey),
        code: error.code,
        message: error.message,
      })),
      more,
    };
  },
  "errors.resolve": ({ fingerprint }, call) => mark(fingerprint, "resolved", call),
  "errors.mute": ({ fingerprint }, call) => mark(fingerprint, "muted", call),
  "errors.reopen": ({ fingerprint }, call) => mark(fingerprint, "open", call),
};

/** @throws NOT_FOUND when there is no such group, or it belongs to another user */
async function find(fingerprint: string, { principal, services }: Call): Promise<ErrorGroup> {
  const group = await services.engine.errors.get(fingerprint);
  if (principal.userId !== undefined && principal.userId !== group.userId)
    throw notFound("error", fingerprint);
  return group;
}

async function mark(fingerprint: string, status: ErrorStatus, call: Call): Promise<OutputOf<"errors.get">> {
  await find(fingerprint, call);
  return groupView(await call.services.engine.errors.mark(fingerprint, status), call);
}

function groupView(group: ErrorGroup, { services }: Call): OutputOf<"errors.get"> {
  const { firstSeenMs, lastSeenMs, sampleRunKeys, ...rest } = group;
  return {
    ...rest,
    firstSeen: utc(firstSeenMs),
    lastSeen: utc(lastSeenMs),
    sampleRunIds: sampleRunKeys.map((key) => services.ids.encode("run", key)),
  };
}
