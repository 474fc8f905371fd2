// Time for measuring: one monotonic clock for all processes of the machine.

/** Milliseconds of CLOCK_MONOTONIC, with fractions: instants taken in two processes can be subtracted. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
