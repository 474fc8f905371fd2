// Signing in with an API key for a cookie, signing out, and saying who one is.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { validationFailed } from "../domain/errors.ts";
import type { Principal } from "../contract/principal.ts";
import type { Gate } from "./admission.ts";
import { sessionCookie, sessionTokenIn } from "./cookie.ts";
import { factsOf, principalOf } from "./guard.ts";
import { sessionPath } from "./paths.ts";
import type { RateLimits } from "./rate-limits.ts";

/** @param gate - absent: there are no keys to sign in with, and one can only ask who one is */
export function addSessionRoutes(app: FastifyInstance, gate: Gate | undefined, limits: RateLimits): void {
  app.get(sessionPath, async (request) => whoIs(principalOf(request)));
  if (gate === undefined) return;
  const open = { config: { isOpen: true } };
  app.post(sessionPath, open, async (request, reply) => {
    const key = keyIn(request.body);
    const session = await gate.signIn(key, factsOf(request)).catch(async (error: unknown) => {
      throw await limits.refusalOf(request, error);
    });
    const expiresAt = new Date(session.expiresAtMs).toISOString();
    setCookie(request, reply, { token: session.token, maxAgeSeconds: session.maxAgeSeconds });
    return reply.code(201).send({ ...whoIs(session.principal), expiresAt });
  });
  app.delete(sessionPath, open, async (request, reply) => {
    const token = sessionTokenIn(request.headers.cookie);
    if (token !== undefined) await gate.signOut(token);
    setCookie(request, reply, { token: "", maxAgeSeconds: 0 });
    return reply.code(204).send();
  });
}

function whoIs({ kind, role, actor, userId, keyId, scopes }: Principal) {
  return { kind, role, actor, userId, keyId, scopes };
}

/** Browsers send Origin with every POST: it tells whether they reached us over TLS, also through a proxy. */
function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  cookie: { readonly token: string; readonly maxAgeSeconds: number },
): void {
  const isSecure = request.protocol === "https" || request.headers.origin?.startsWith("https:") === true;
  reply.header("set-cookie", sessionCookie(cookie.token, { maxAgeSeconds: cookie.maxAgeSeconds, isSecure }));
}

function keyIn(body: unknown): string {
  const key: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "key") : undefined;
  const others =
    typeof body === "object" && body !== null ? Object.keys(body).filter((name) => name !== "key") : [];
  if (typeof key === "string" && others.length === 0) return key;
  throw validationFailed([
    others.length === 0
      ? { path: "key", code: "REQUIRED", message: "expected the text of an API key" }
      : { path: others[0]?.slice(0, 40) ?? "", code: "UNKNOWN_FIELD", message: "only key is accepted here" },
  ]);
}
