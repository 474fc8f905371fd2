// The checker's own reading of ids: from the text people see to the key the database holds.

const digits = "0123456789abcdefghjkmnpqrstvwxyz";

const known = new Map<string, number>();

/** The key of a run or task by its text id, or by `#` and the key itself where only the database told of it. */
export function keyOf(id: string): number {
  let key = known.get(id);
  if (key === undefined) known.set(id, (key = id.startsWith("#") ? Number(id.slice(1)) : decode(id)));
  return key;
}

/**
 * The key of a text id: a UUIDv7 in base32 whose first 48 bits are milliseconds and whose 12 bits after the version are
 * a counter; the key is `milliseconds × 4096 + counter`.
 */
function decode(id: string): number {
  let value = 0n;
  for (const digit of id.slice(id.indexOf("_") + 1)) {
    const bits = digits.indexOf(digit);
    if (bits < 0) throw new Error(`the checker cannot read the id ${id}`);
    value = (value << 5n) | BigInt(bits);
  }
  return Number(value >> 80n) * 4096 + Number((value >> 64n) & 0xfffn);
}
