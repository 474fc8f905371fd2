// The life of a background service.

/**
 * A service does nothing before `start`, and nothing after `stop` has resolved.
 *
 * `start` returns once the service is at work. Both are idempotent; stopping what was never started is fine.
 */
export interface Service {
  start(): Promise<void>;
  /** @param options.graceMs - how long work in hand may finish before it is abandoned. @default 0 */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}
