// A short number that tells texts apart; nothing secret hangs on it.

/** 53 bits of a text: two lanes in the manner of FNV-1a, crossed by the finalizer of MurmurHash3. */
export function fingerprint(text: string): number {
  let [high, low] = [0xdead_beef, 0x41c6_ce57];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e37_79b1);
    low = Math.imul(low ^ unit, 0x5f35_6495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85eb_ca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2_ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85eb_ca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2_ae35);
  return 0x1_0000_0000 * (high & 0x1f_ffff) + (low >>> 0);
}
