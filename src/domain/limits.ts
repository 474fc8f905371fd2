// The bounds of sizes and counts, in one table; shown by `GET /api/v1/limits` (SEM 36).

export interface Limits {
  /** Bytes of JSON a run's params may have. */
  readonly paramsBytes: number;
  /** Bytes of JSON a result may have. */
  readonly resultBytes: number;
  /** Bytes of JSON one durable step's result may have. */
  readonly stepBytes: number;
  /** Bytes of log kept for a run; what comes after is cut, with a mark. */
  readonly logBytes: number;
  /** Bytes of emitted output kept for a run; what comes after is cut, with a mark. */
  readonly outputBytes: number;
  /** Durable steps a run may have. */
  readonly steps: number;
  /** How deep workflows may nest. */
  readonly depth: number;
  /** Items of one bulk call. */
  readonly bulkItems: number;
  /** Readers of event streams and of runs' streams at once. */
  readonly streams: number;
}

export const defaultLimits: Limits = {
  paramsBytes: 1_048_576,
  resultBytes: 1_048_576,
  stepBytes: 1_048_576,
  logBytes: 10_485_760,
  outputBytes: 10_485_760,
  steps: 1000,
  depth: 10,
  bulkItems: 1000,
  streams: 1000,
};
