// Decides which hosts may be called, and hands out only addresses that have been checked.

import { isIP } from "node:net";
import { RotaError } from "../domain/errors.ts";
import { kindOfAddress } from "./address.ts";

/** Resolves a host name to all of its addresses. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface AddressGuardOptions {
  /** Loopback and private addresses may be called: while the server itself is reachable from this machine only. */
  readonly allowPrivate: boolean;
  /** Hosts, `host` or `host:port`, that may be called although they are loopback or private. */
  readonly allowHosts: readonly string[];
  readonly resolve: Resolve;
}

/** Names by which clouds hand out credentials, whatever they resolve to. */
const metadataHosts: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);

/**
 * Ports of services that read lines and would take a request for commands.
 *
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
const badPorts: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
]);

export class AddressGuard {
  readonly #options: AddressGuardOptions;
  readonly #allowed: ReadonlySet<string>;

  constructor(options: AddressGuardOptions) {
    this.#options = options;
    this.#allowed = new Set(options.allowHosts.map((host) => host.toLowerCase()));
  }

  /**
   * Checks all that can be known of a URL without resolving its name.
   *
   * @throws VALIDATION_FAILED when it is no URL
   * @throws ADDRESS_REFUSED when it must not be called
   */
  checkUrl(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url) throw new RotaError("VALIDATION_FAILED", "url: expected an absolute http or https URL");
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw refused(url.hostname, `${url.protocol} is not http or https`);
    if (url.username !== "" || url.password !== "")
      throw refused(url.hostname, "a URL with user name or password");
    const host = plainHost(url.hostname);
    const port = portOf(url);
    const isListed = this.#isListed(host, port);
    if (badPorts.has(port) && !this.#allowed.has(`${host}:${port}`))
      throw refused(host, `port ${port} belongs to another protocol`);
    if (host === "" || metadataHosts.has(host)) throw refused(host, "a metadata service");
    if (isIP(host) !== 0) this.#checkAddress(host, host, isListed);
    return url;
  }

  /**
   * All addresses of a host, each of them checked: one that must not be called refuses the host. To be asked when a
   * connection is made, and its answer connected to, so that a name cannot mean something else by then.
   *
   * @throws ADDRESS_REFUSED
   */
  async addressesOf(hostname: string, port: number): Promise<readonly string[]> {
    const host = plainHost(hostname);
    const isListed = this.#isListed(host, port);
    const addresses = isIP(host) !== 0 ? [host] : await this.#options.resolve(host);
    for (const address of addresses) this.#checkAddress(host, address, isListed);
    return addresses;
  }

  /** Whether a connection that has been made may be used: the last look, at the peer itself. */
  isAllowedPeer(address: string | undefined, hostname: string, port: number): boolean {
    if (address === undefined) return false;
    const kind = kindOfAddress(address);
    return (
      kind === "public" ||
      (kind === "private" && (this.#options.allowPrivate || this.#isListed(plainHost(hostname), port)))
    );
  }

  #isListed(host: string, port: number): boolean {
    return this.#allowed.has(host) || this.#allowed.has(`${host}:${port}`);
  }

  #checkAddress(host: string, address: string, isListed: boolean): void {
    const kind = kindOfAddress(address);
    if (kind === "refused") throw refused(host, `${address} must never be called`);
    if (kind === "private" && !isListed && !this.#options.allowPrivate)
      throw refused(host, `${address} is a private address`);
  }
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** Lower case, without the brackets of an address and without the dots that end a full name. */
function plainHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/gu, "")
    .replace(/\.+$/u, "");
}

function refused(host: string, reason: string): RotaError {
  return new RotaError("ADDRESS_REFUSED", `${host === "" ? "the URL" : host} is refused: ${reason}`, {
    details: { host, reason },
  });
}
