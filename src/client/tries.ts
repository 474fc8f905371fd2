// Tries again what was not answered, or what should be asked later; a key that goes with every try keeps it one call.

import { isRotaError } from "../contract/problem-details.ts";

/** Milliseconds before the second try; each further one waits twice as long, spread over the upper half. */
const firstWaitMs = 250;
/** Who is told to come back later than this hears so, instead of waiting. */
const longestWaitMs = 10_000;
const keyBytes = 16;

export interface Tries {
  /** Further tries after the first. */
  readonly retries: number;
  readonly signal?: AbortSignal;
}

/** Performs `act` until it answers, fails for good, or has been tried often enough; then with the last failure. */
export async function tryOften<Answer>(
  act: () => Promise<Answer>,
  { retries, signal }: Tries,
): Promise<Answer> {
  for (let tried = 0; ; tried++) {
    try {
      return await act();
    } catch (error) {
      const waitMs = waitAfter(error, tried);
      if (tried >= retries || waitMs === undefined || signal?.aborted === true) throw error;
      await pause(waitMs, signal);
    }
  }
}

/** A key nobody else will think of; `randomUUID` is missing on pages that came without TLS. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(keyBytes));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Undefined when another try would be no use. */
function waitAfter(error: unknown, tried: number): number | undefined {
  if (!isRotaError(error) || !error.retryable) return undefined;
  const { retryAfterMs } = error.details;
  const waitMs = firstWaitMs * 2 ** tried * (0.5 + Math.random() / 2);
  if (typeof retryAfterMs !== "number") return waitMs;
  return retryAfterMs > longestWaitMs ? undefined : Math.max(waitMs, retryAfterMs);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      const reason: unknown = signal?.reason;
      reject(reason instanceof Error ? reason : new Error("given up"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    }, ms);
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
