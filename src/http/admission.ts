// Who calls: by API key, by the session of a browser, or, on an open loopback address, whoever is on this machine.

import { RotaError } from "../domain/errors.ts";
import { localPrincipal, type Principal, type RequestFacts } from "../contract/principal.ts";
import { sessionTokenIn } from "./cookie.ts";

/** What a caller is known by. */
export interface Caller {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string | undefined;
}

/** Tells callers by what they show; all its verbs throw UNAUTHENTICATED. */
export interface Gate {
  byKey(text: string): Promise<Principal>;
  bySession(token: string): Promise<Principal>;
  signIn(text: string, request: RequestFacts): Promise<OpenedSession>;
  signOut(token: string): Promise<void>;
}

export interface OpenedSession {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly maxAgeSeconds: number;
  readonly principal: Principal;
}

/** Headers that a proxy adds: what comes with one does not come from this machine, whatever its address says. */
const forwarding = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/**
 * Credentials that are shown are always looked at: a wrong key is never taken for a caller without one.
 *
 * @param options.isOpen - callers that show nothing are the local principal
 */
export function admission(
  gate: Gate,
  { isOpen }: { readonly isOpen: boolean },
): (caller: Caller) => Promise<Principal> {
  return async (caller) => {
    const { authorization, cookie } = caller.headers;
    if (authorization !== undefined) return gate.byKey(bearerOf(authorization));
    const token = typeof cookie === "string" ? sessionTokenIn(cookie) : undefined;
    if (token !== undefined) {
      try {
        return await bySession(gate, token, caller);
      } catch (error) {
        // Where nobody needs a session, one that is over is none.
        if (!isOpen || !RotaError.isInstance(error) || error.code !== "UNAUTHENTICATED") throw error;
      }
    }
    if (isOpen && !isForwarded(caller)) return localPrincipal;
    throw new RotaError("UNAUTHENTICATED", whyNobody(isOpen));
  };
}

function bearerOf(header: string | readonly string[]): string {
  const token = typeof header === "string" ? /^Bearer +(\S+) *$/i.exec(header)?.[1] : undefined;
  if (token !== undefined) return token;
  throw new RotaError("UNAUTHENTICATED", "expected the header Authorization: Bearer <API key>");
}

/** SameSite keeps other sites from sending the cookie; what changes something must say where it comes from besides. */
function bySession(gate: Gate, token: string, { method, headers }: Caller): Promise<Principal> {
  const isReading = method === "GET" || method === "HEAD";
  // One that is there has been held against the host already.
  if (!isReading && headers["origin"] === undefined) {
    throw new RotaError("FORBIDDEN", "a request by session that changes something needs its Origin", {
      details: { header: "Origin" },
    });
  }
  return gate.bySession(token);
}

function isForwarded({ headers }: Caller): boolean {
  return forwarding.some((name) => headers[name] !== undefined);
}

function whyNobody(isOpen: boolean): string {
  return isOpen
    ? "requests through a proxy need an API key, although this address is open to its own machine"
    : "this server needs an API key: Authorization: Bearer <key>";
}
