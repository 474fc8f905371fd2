// Small sets of whole numbers as the bits of 32-bit words.

/** Values 0–59, in two words. */
export interface Bits60 {
  /** Bits 0–31. */
  readonly low: number;
  /** Bits 32–59. */
  readonly high: number;
}

/** The smallest member of a 32-bit set that is at least `from` (0–32), or -1. */
export function bitFrom(word: number, from: number): number {
  if (from > 31) return -1;
  const rest = word & (-1 << from);
  return rest === 0 ? -1 : 31 - Math.clz32(rest & -rest);
}

/** The largest member of a 32-bit set that is at most `to` (-1–31), or -1. */
export function bitTo(word: number, to: number): number {
  if (to < 0) return -1;
  const rest = to >= 31 ? word : word & ((1 << (to + 1)) - 1);
  return 31 - Math.clz32(rest);
}

/** The smallest member that is at least `from` (0–60), or -1. */
export function bit60From(bits: Bits60, from: number): number {
  const low = bitFrom(bits.low, from);
  if (low >= 0) return low;
  const high = bitFrom(bits.high, from < 32 ? 0 : from - 32);
  return high < 0 ? -1 : high + 32;
}

/** The largest member that is at most `to` (-1–59), or -1. */
export function bit60To(bits: Bits60, to: number): number {
  const high = to < 32 ? -1 : bitTo(bits.high, to - 32);
  return high >= 0 ? high + 32 : bitTo(bits.low, Math.min(to, 31));
}

export function hasBit60(bits: Bits60, value: number): boolean {
  return ((value < 32 ? bits.low >>> value : bits.high >>> (value - 32)) & 1) === 1;
}

/** The members in ascending order. */
export function bit60Members(bits: Bits60): number[] {
  const members: number[] = [];
  for (let value = bit60From(bits, 0); value >= 0; value = bit60From(bits, value + 1)) members.push(value);
  return members;
}

export function bits60(values: Iterable<number>): Bits60 {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < 32) low |= 1 << value;
    else high |= 1 << (value - 32);
  }
  return { low, high };
}
