// What an IP address is: public, private, or one that must never be called.

import { isIPv4, isIPv6 } from "node:net";

/**
 * `private`: loopback and networks of one's own; `refused`: link-local, cloud metadata, multicast, documentation,
 * reserved, and everything that is no unicast address of the Internet.
 */
export type AddressKind = "public" | "private" | "refused";

type Rule4 = readonly [network: string, bits: number, kind: AddressKind];
type Rule6 = readonly [groups: readonly number[], bits: number, kind: AddressKind];

/**
 * First match decides; what matches none is public.
 *
 * @see IANA IPv4 Special-Purpose Address Registry
 */
const rules4: readonly Rule4[] = [
  ["168.63.129.16", 32, "refused"], // Azure's metadata and DNS, a public address
  ["100.100.100.200", 32, "refused"], // Alibaba Cloud's metadata
  ["0.0.0.0", 8, "refused"], // "this host": connects to loopback on Linux
  ["169.254.0.0", 16, "refused"], // link-local, with the metadata of most clouds
  ["192.0.0.0", 24, "refused"], // protocol assignments, with Oracle Cloud's metadata
  ["192.0.2.0", 24, "refused"], // documentation
  ["198.51.100.0", 24, "refused"],
  ["203.0.113.0", 24, "refused"],
  ["192.88.99.0", 24, "refused"], // 6to4 relays
  ["224.0.0.0", 3, "refused"], // multicast, reserved, broadcast
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "private"], // carrier-grade NAT
  ["127.0.0.0", 8, "private"],
  ["172.16.0.0", 12, "private"],
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "private"], // benchmarks
];

/**
 * First match decides; of what matches none only 2000::/3 is public.
 *
 * @see IANA IPv6 Special-Purpose Address Registry
 */
const rules6: readonly Rule6[] = [
  [[0, 0, 0, 0, 0, 0, 0, 0], 128, "refused"],
  [[0, 0, 0, 0, 0, 0, 0, 1], 128, "private"],
  [[0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128, "refused"], // AWS metadata
  [[0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128, "refused"], // Google Cloud metadata
  [[0xfc00], 7, "private"],
  [[0x2001, 0], 32, "refused"], // Teredo: the address that is really called is hidden in it
  [[0x2001, 0xdb8], 32, "refused"], // documentation
  [[0x3fff], 20, "refused"],
];

/** Addresses that carry an IPv4 address, which is the one really called: prefix, its bits, and where the address stands. */
const carriers: readonly (readonly [groups: readonly number[], bits: number, at: number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 96, 6], // mapped
  [[0, 0, 0, 0, 0xffff, 0], 96, 6], // translated
  [[0, 0, 0, 0, 0, 0], 96, 6], // compatible
  [[0x64, 0xff9b, 0, 0, 0, 0], 96, 6], // NAT64
  [[0x2002], 16, 1], // 6to4
];

/** Anything that is no literal address is refused. */
export function kindOfAddress(address: string): AddressKind {
  if (isIPv4(address)) return kindOf4(numberOf(address));
  // A zone ("fe80::1%eth0") belongs to a link, never to the Internet.
  return isIPv6(address) && !address.includes("%") ? kindOf6(groupsOf(address)) : "refused";
}

function kindOf4(address: number): AddressKind {
  for (const [network, bits, kind] of rules4) {
    const mask = bits === 32 ? 0xffff_ffff : ~(0xffff_ffff >>> bits);
    if (((address ^ numberOf(network)) & mask) === 0) return kind;
  }
  return "public";
}

function kindOf6(groups: readonly number[]): AddressKind {
  for (const [network, bits, kind] of rules6) if (isWithin(groups, network, bits)) return kind;
  for (const [network, bits, at] of carriers) {
    if (isWithin(groups, network, bits))
      return kindOf4((((groups[at] ?? 0) << 16) | (groups[at + 1] ?? 0)) >>> 0);
  }
  // ISATAP carries one in the second half of any prefix.
  if (groups[5] === 0x5efe && ((groups[4] ?? 0) & 0xfdff) === 0) return "refused";
  return isWithin(groups, [0x2000], 3) ? "public" : "refused";
}

function isWithin(groups: readonly number[], network: readonly number[], bits: number): boolean {
  for (let i = 0, left = bits; left > 0; i++, left -= 16) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if ((((groups[i] ?? 0) ^ (network[i] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

/** Of a valid dotted address. */
function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) >>> 0;
}

/** The eight groups of a valid address without zone. */
function groupsOf(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/u.exec(address);
  const tail = dotted ? numberOf(dotted[2] ?? "") : 0;
  const text = dotted ? `${dotted[1]}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}` : address;
  const [head = "", rest] = text.split("::");
  const left = parts(head);
  if (rest === undefined) return left;
  const right = parts(rest);
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}

function parts(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
