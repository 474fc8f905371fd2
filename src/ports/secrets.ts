// Secrets: where they come from, and what may be kept of them.

export interface Secrets {
  /** Bits nobody can guess. */
  bytes(count: number): Uint8Array;
  /** SHA-256 of the text's UTF-8, in hex: what is kept instead of a secret of 256 random bits. */
  digest(text: string): string;
  /** Compares in a time that tells nothing about where two texts differ. */
  isEqual(a: string, b: string): boolean;
}
