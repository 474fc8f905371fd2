// Lets the store's thread know that work is on its way while it waits for a gap, without timers.

/** A counter that both threads see: the ledger adds one for each message it posts. */
export type PostCount = Int32Array<SharedArrayBuffer>;

export function newPostCount(): PostCount {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Called after a message was posted. */
export function posted(count: PostCount): void {
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
}

/** Whether all that was posted has been heard, and nothing more is posted for `gapMs`; blocks the thread until it knows. */
export function isGap(count: PostCount, heard: number, gapMs: number): boolean {
  return Atomics.wait(count, 0, heard, gapMs) === "timed-out";
}
