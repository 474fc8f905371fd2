// The ledger's verbs on the error inbox; the groups themselves are kept up by whatever ends a run.

import type { ErrorGroup, ErrorStatus } from "../domain/error-group.ts";
import type { Key } from "../domain/ids.ts";
import type { Page, PageRequest } from "./page.ts";

export interface ErrorQuery extends PageRequest {
  readonly userId?: string;
  readonly status?: readonly ErrorStatus[];
  readonly type?: readonly string[];
}

/**
 * A run that ends `failed` or `timed_out` joins the group of its fingerprint in the same transaction, and leaves it when
 * it is retried, resolved or deleted.
 */
export interface ErrorLedger {
  /** Newest failure first. */
  list(query: ErrorQuery): Promise<Page<ErrorGroup>>;
  get(fingerprint: string): Promise<ErrorGroup | undefined>;
  /** Failed runs of the group that nobody has retried, oldest first; `after` is a run key. */
  waiting(fingerprint: string, page: PageRequest): Promise<Page<Key>>;
  /** `resolved` lets go of the runs that wait. Undefined: there is no such group. */
  mark(fingerprint: string, status: ErrorStatus): Promise<ErrorGroup | undefined>;
}
