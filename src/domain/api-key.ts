// The text of an API key: `rota_`, ten characters that find it, fifty-two that are its secret, seven that catch typos.

/** What is known of a key's text without asking anybody. */
export interface ApiKeyText {
  /** Names the key; no secret. */
  readonly lookup: string;
  /** 256 random bits and four of padding. */
  readonly secret: string;
}

export type ReadApiKey =
  | { readonly ok: true; readonly key: ApiKeyText }
  | { readonly ok: false; readonly message: string };

const prefix = "rota_";
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const lookupLength = 10;
const secretLength = 52;
const checksumLength = 7;
const length = prefix.length + lookupLength + secretLength + checksumLength;

/** Random bytes that a new key needs: 50 bits for its name and 256 for its secret. */
export const apiKeyBytes = { lookup: 7, secret: 32 } as const;

/** The text of a key made of these random bytes. */
export function writeApiKey(bytes: {
  readonly lookup: Uint8Array;
  readonly secret: Uint8Array;
}): ApiKeyText & {
  readonly text: string;
} {
  const lookup = base32(bytes.lookup).slice(0, lookupLength);
  const secret = base32(bytes.secret);
  return { lookup, secret, text: `${prefix}${lookup}${secret}${checksumOf(lookup + secret)}` };
}

/** What people may see of a key, to tell it from others. */
export function shownApiKey(lookup: string): string {
  return `${prefix}${lookup}…`;
}

/** Takes a key apart; says what is wrong with a text that cannot be one, as a person who mistyped it needs to know. */
export function readApiKey(text: string): ReadApiKey {
  if (!text.startsWith(prefix)) return { ok: false, message: `an API key begins with ${prefix}` };
  if (text.length !== length) {
    return { ok: false, message: `an API key has ${length} characters, this one has ${text.length}` };
  }
  const body = text.slice(prefix.length, -checksumLength);
  if (checksumOf(body) !== text.slice(-checksumLength)) {
    return { ok: false, message: "the API key is mistyped: its last characters do not fit the others" };
  }
  return { ok: true, key: { lookup: body.slice(0, lookupLength), secret: body.slice(lookupLength) } };
}

function checksumOf(text: string): string {
  const sum = crc32(text);
  return base32(Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum));
}

/** CRC-32 of ISO 3309 (as in zlib), bit by bit: keys are short. */
function crc32(text: string): number {
  let crc = 0xffff_ffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** Five bits to a character, first bits first, the last character filled with zeros. */
export function base32(bytes: Uint8Array): string {
  let out = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += alphabet[(buffer >>> bits) & 31];
    }
  }
  return bits === 0 ? out : out + (alphabet[(buffer << (5 - bits)) & 31] ?? "");
}
