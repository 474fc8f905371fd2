// Identifiers: a 53-bit sortable key inside, a prefixed TypeID (UUIDv7 in base32) at every surface.

/** The kinds of things that carry an id; the prefix of its text form. */
export const idPrefixes = [
  "task",
  "run",
  "backfill",
  "worker",
  "conv",
  "plan",
  "key",
  "hook",
  "ledger",
  "delivery",
] as const;
export type IdPrefix = (typeof idPrefixes)[number];

/**
 * Sortable key of a task or run: 41 bits of milliseconds since the epoch and 12 bits of counter.
 *
 * It fits a JavaScript number (53 bits), which made inserts, claims and completions about a fifth faster and rows a
 * third smaller than text keys (measured: see docs/adr/2026-11-21-integer-keys.md).
 */
export type Key = number;

const counterBits = 4096;
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const decoded = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i++) decoded[alphabet.charCodeAt(i)] = i;

export function keyTimeMs(key: Key): number {
  return Math.floor(key / counterBits);
}

/** The smallest key of that millisecond: a bound for range queries by time. */
export function firstKeyAt(ms: number): Key {
  return ms * counterBits;
}

/** Hands out strictly increasing keys; never goes back when the clock does. */
export class KeyGenerator {
  #last: Key;

  constructor(last: Key = 0) {
    this.#last = last;
  }

  /** Reserves `count` consecutive keys and returns the first of them. */
  take(nowMs: number, count = 1): Key {
    const first = Math.max(firstKeyAt(nowMs), this.#last + 1);
    this.#last = first + count - 1;
    return first;
  }

  get last(): Key {
    return this.#last;
  }
}

/** Mixes two 32-bit words well enough that neighbours look unrelated (finalizer of MurmurHash3). */
function mix(word: number, seed: number): number {
  let h = (word ^ seed) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Turns keys into TypeIDs and back. The 62 "random" bits of the UUID are a hash of key, kind and the ledger's seed, so
 * they need not be stored, two ledgers do not share ids, and a mistyped id is recognised without a look-up.
 *
 * @see https://github.com/jetify-com/typeid and RFC 9562 section 5.7
 */
export class IdCodec {
  readonly #seed: number;

  /** @param seed - 32 bits that belong to the ledger and travel with its export */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  encode(prefix: IdPrefix, key: Key): string {
    const ms = Math.floor(key / counterBits);
    const counter = key % counterBits;
    const salt = (this.#seed ^ (idPrefixes.indexOf(prefix) * 0x9e3779b1)) >>> 0;
    const low = mix(key >>> 0, salt);
    const high = mix(low ^ Math.floor(key / 0x1_0000_0000), ~salt >>> 0);
    // 128 bits as five words, most significant first, written as 26 digits of 5 bits (the first digit has 3).
    const words: readonly number[] = [
      Math.floor(ms / 0x1_0000),
      (((ms & 0xffff) << 16) | 0x7000 | counter) >>> 0,
      (0x8000_0000 | (high & 0x3fff_ffff)) >>> 0,
      low,
    ];
    return `${prefix}_${base32(words)}`;
  }

  /** The key of a text id of that kind, or undefined when it cannot be one of this ledger's. */
  decode(prefix: IdPrefix, text: string): Key | undefined {
    if (text.length !== prefix.length + 27 || !text.startsWith(`${prefix}_`)) return undefined;
    let ms = 0;
    let rest = 0;
    for (let i = 0; i < 13; i++) {
      const digit = decoded[text.charCodeAt(prefix.length + 1 + i)] ?? -1;
      if (digit < 0) return undefined;
      // 13 digits carry bits 127…63: 48 of time, 4 of version, 12 of counter, 1 of variant.
      if (i < 10) ms = ms * 32 + digit;
      else rest = rest * 32 + digit;
    }
    // Ten digits hold 48 bits exactly; the next three hold version (4) + the first 11 bits of the counter.
    const key = ms * counterBits + counterFrom(rest, text, prefix);
    return Number.isSafeInteger(key) && this.encode(prefix, key) === text ? key : undefined;
  }
}

function counterFrom(rest: number, text: string, prefix: IdPrefix): number {
  const next = decoded[text.charCodeAt(prefix.length + 14)] ?? 0;
  return ((rest & 0x7ff) << 1) | (next >>> 4);
}

function base32(words: readonly number[]): string {
  let out = "";
  let buffer = 0;
  let bits = 2; // two leading zero bits make 130, a multiple of five
  for (const word of words) {
    for (let shift = 24; shift >= 0; shift -= 8) {
      buffer = ((buffer << 8) | ((word >>> shift) & 0xff)) & 0x1fff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        out += alphabet[(buffer >>> bits) & 31];
      }
    }
  }
  return out;
}
