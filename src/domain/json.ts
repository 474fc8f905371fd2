// JSON values, and the bounds that keep hostile ones out.

/** What JSON can say: no `undefined`, no dates, no functions. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A JSON value with named fields. */
export type JsonObject = { readonly [key: string]: Json };

/** Deepest nesting accepted in params, results and metadata. */
export const maxJsonDepth = 64;

/** Whether a parsed value nests deeper than `limit`; iterative, so that no input overflows the stack. */
export function isDeeperThan(value: unknown, limit: number = maxJsonDepth): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      for (const child of Object.values(item))
        if (typeof child === "object" && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}

/** Bytes of a text in UTF-8; only counted when `limit` could be passed at all. */
export function isLongerThan(text: string, limitBytes: number): boolean {
  if (text.length * 3 <= limitBytes) return false;
  if (text.length > limitBytes) return true;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes > limitBytes;
}

/** Whether two values say the same as JSON: the order of fields means nothing, an undefined field is none. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = fieldsOf(a);
  const right = new Map(fieldsOf(b));
  return left.length === right.size && left.every(([name, value]) => isSameJson(value, right.get(name)));
}

function fieldsOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, field]) => field !== undefined);
}
