// Calls to the outside world: the only way in which Rota opens a connection to an address somebody named.

export interface OutboundRequest {
  /** @default "GET" */
  readonly method?: string;
  /** http or https, without user name and password. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly limits?: OutboundLimits;
}

export interface OutboundLimits {
  /** From the call to the end of the answer; of a stream, to its headers. In milliseconds. @default 30,000 */
  readonly timeoutMs?: number;
  /** Longest silence within a stream, in milliseconds. @default 300,000 */
  readonly idleMs?: number;
  /** Most bytes of the answer's body. @default 10 MiB; of a stream none */
  readonly maxBytes?: number;
}

interface Head {
  readonly status: number;
  /** By lower-case name; values of a repeated header are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
}

export interface OutboundResponse extends Head {
  readonly body: Uint8Array;
}

export interface OutboundStream extends Head {
  /** To be read to its end or closed; throws as `request` does. */
  readonly body: AsyncIterable<Uint8Array>;
  close(): void;
}

/**
 * Follows no redirects: a 3xx is an answer like any other.
 *
 * @throws VALIDATION_FAILED when url, method or headers cannot be sent
 * @throws ADDRESS_REFUSED when the host is, or resolves to, an address that must not be called; nothing was connected
 * @throws TIMEOUT when an answer takes longer than its limit; retryable
 * @throws PAYLOAD_TOO_LARGE when the answer is larger than its limit
 * @throws EXECUTION_FAILED when the host cannot be reached or breaks off (`details.reason`); retryable
 */
export interface Outbound {
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** Resolves when the headers have come. */
  open(request: OutboundRequest): Promise<OutboundStream>;
}
