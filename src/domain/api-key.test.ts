// API keys as text: written, read, and mistyped.
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { base32, readApiKey, shownApiKey, writeApiKey } from "./api-key.ts";

const bytes = (count: number, first: number) =>
  Uint8Array.from({ length: count }, (_, n) => (first + n * 37) & 255);
const made = writeApiKey({ lookup: bytes(7, 1), secret: bytes(32, 99) });

describe("an API key", () => {
  it("is read back as it was written", () => {
    expect(made.text).toMatch(/^rota_[0-9a-hjkmnp-tv-z]{69}$/);
    expect(readApiKey(made.text)).toEqual({ ok: true, key: { lookup: made.lookup, secret: made.secret } });
    expect(shownApiKey(made.lookup)).toBe(`rota_${made.lookup}…`);
    expect(made.text).toContain(made.lookup);
  });

  it("ends in the CRC-32 of what stands before, as zlib computes it", () => {
    const sum = crc32(made.lookup + made.secret);
    expect(made.text.slice(-7)).toBe(base32(Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum)));
  });

  it("tells every single wrong character and every swap of neighbours", () => {
    for (let at = 5; at < made.text.length; at++) {
      const other = made.text[at] === "7" ? "8" : "7";
      const mistyped = made.text.slice(0, at) + other + made.text.slice(at + 1);
      expect(readApiKey(mistyped), mistyped).toMatchObject({ ok: false });
      const [a = "", b = ""] = [made.text[at - 1], made.text[at]];
      const swapped = made.text.slice(0, at - 1) + b + a + made.text.slice(at + 1);
      expect(readApiKey(swapped).ok, swapped).toBe(a === b);
    }
  });

  it.each([
    "",
    "rota_",
    "secret",
    `${made.text}a`,
    made.text.slice(0, -1),
    made.text.toUpperCase(),
    ` ${made.text}`,
  ])("says what is wrong with %j", (text) => {
    const read = readApiKey(text);
    expect(read.ok ? "" : read.message).toMatch(/^an API key (begins with rota_|has 74 characters)/);
  });
});
