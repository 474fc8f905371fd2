// When a failed attempt is tried again.

export interface RetryPolicy {
  /** Attempts in all, the first included; 1–1000. */
  readonly maxAttempts: number;
  /** Milliseconds before the second attempt. */
  readonly delayMs: number;
  /** Factor by which each further delay grows; 1–100. */
  readonly backoff: number;
  /** Longest delay in milliseconds. */
  readonly maxDelayMs: number;
  /** `full`: a random share of the delay (AWS "full jitter"), so that failures do not come back together. */
  readonly jitter: "none" | "full";
  /** What follows the last failure: the run fails, or is paused for a person. */
  readonly onExhausted: "fail" | "pause";
}

export const defaultRetry: RetryPolicy = {
  maxAttempts: 3,
  delayMs: 1000,
  backoff: 2,
  maxDelayMs: 60_000,
  jitter: "full",
  onExhausted: "fail",
};

/** A run that lost its worker this often, the last time as the only suspect, is poison and fails (`WORKER_LOST`). */
export const maxRecoveries = 3;

/**
 * Whether a run may be what kills its process: it was at work at two deaths. Suspects start one at a time, so that the
 * third death tells which of them it was (see docs/adr/2026-11-24-one-suspect-at-a-time.md).
 */
export function isSuspect({ recoveries }: { readonly recoveries: number }): boolean {
  return recoveries >= maxRecoveries - 1;
}

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) failed.
 *
 * @param random - a number in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number): number {
  const full = Math.min(policy.maxDelayMs, policy.delayMs * policy.backoff ** Math.max(0, attempt - 1));
  return Math.round(policy.jitter === "full" ? full * random : full);
}
