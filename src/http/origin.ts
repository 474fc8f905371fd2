// Loopback is not private (SEM 25): any web page can make a browser call it. Only requests meant for this server pass.

import { RotaError } from "../domain/errors.ts";

export interface OriginRules {
  /** The address that is listened on. */
  readonly host: string;
  readonly port: number;
  /** Further names under which the server is reached, for example behind a proxy; with or without a port. */
  readonly allowedHosts: readonly string[];
}

/** Throws FORBIDDEN for a request whose `Host` is none of ours, or whose `Origin` is not the host it asks. */
export function originCheck(
  rules: OriginRules,
): (headers: { readonly host?: string | undefined; readonly origin?: string | undefined }) => void {
  const known = knownHosts(rules);
  const isOpen = rules.host === "0.0.0.0" || rules.host === "::";
  return ({ host, origin }) => {
    const asked = host?.toLowerCase() ?? "";
    if (!known.has(asked) && !known.has(nameOf(asked)) && !(isOpen && isAddress(nameOf(asked)))) {
      throw new RotaError("FORBIDDEN", "this server is not known by the host name of the request", {
        details: {
          header: "Host",
          hint: "call it by the address it printed, or add the name to its allowed hosts",
        },
      });
    }
    if (origin !== undefined && hostOfOrigin(origin) !== asked) {
      throw new RotaError("FORBIDDEN", "requests from other web origins are not accepted", {
        details: { header: "Origin" },
      });
    }
  };
}

/** Names with a port match exactly; names without one (port 80, or configured so) match any port. */
function knownHosts({ host, port, allowedHosts }: OriginRules): ReadonlySet<string> {
  const bare = host.includes(":") ? `[${host}]` : host;
  const isLoopback = /^(127\.|::1$|localhost$|0\.0\.0\.0$|::$)/.test(host);
  const own = isLoopback ? [bare, "localhost", "127.0.0.1", "[::1]"] : [bare];
  const withPort = own.flatMap((name) => (port === 80 ? [`${name}:80`, name] : [`${name}:${port}`]));
  return new Set([...withPort, ...allowedHosts].map((name) => name.toLowerCase()));
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, "");
}

/** A name can be made to point here by whoever owns it; an address cannot. */
function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name) || name === "localhost";
}

function hostOfOrigin(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1];
}
