// How a command gets to Rota: the answerer of its operations, wherever that is.

import type { Config } from "../config/config.ts";
import type { OperationName } from "../contract/routes.ts";

/** Something that performs operations: a server somewhere, or the database opened for one command. */
export interface Reach {
  /** Whether a running process answers; if not, nothing is executed until one is started. */
  readonly isServed: boolean;
  /** A stream resolves to an `AsyncIterable`. */
  readonly invoke: (operation: OperationName, input: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** @param isReading - the command changes nothing, so that a database that does not exist need not be made */
export type Connect = (config: Config, options: { readonly isReading: boolean }) => Promise<Reach>;
