// The deterministic spread of a task's due times.

/**
 * How many milliseconds after its nominal instant every occurrence of a task is due: `hash(task) mod jitter`, always the
 * same for the same task, spread evenly over tasks (SEM 18). 0 when there is no jitter.
 *
 * FNV-1a and the finalizer of MurmurHash3: keys that follow one another must not come to lie side by side.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
export function jitterOffsetMs(taskKey: number | string, jitterMs: number): number {
  if (jitterMs < 1) return 0;
  let hash = 0x811c_9dc5;
  for (const char of String(taskKey)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % Math.floor(jitterMs);
}
