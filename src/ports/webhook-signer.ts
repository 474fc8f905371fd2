// Signs messages so that whoever receives one can tell that it is Rota's, and neither changed nor old.

export interface WebhookMessage {
  /** The same at each try: what a receiver knows a repeat by. */
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
  /** Each signs: a receiver may know the present secret or the one before. */
  readonly secrets: readonly string[];
}

export interface WebhookSigner {
  /** A new secret, from the system's source of secrets. */
  newSecret(): Promise<string>;
  /** The headers that carry id, time and signatures. */
  headers(message: WebhookMessage): Promise<Readonly<Record<string, string>>>;
}
