// A list as it was asked for, made ready for the ledger: filter and cursor are read, ids and times resolved.

import type { Condition, Filter } from "../domain/filter/expression.ts";
import type { ListOrder } from "../domain/filter/order.ts";
import { resolveFilter } from "../domain/filter/resolve.ts";
import type { Vocabulary } from "../domain/filter/vocabulary.ts";
import type { OperationName } from "../contract/routes.ts";
import { readListCursor, writeListCursor } from "./list-cursor.ts";
import { present } from "./present.ts";
import type { Call } from "./services.ts";

export interface AskedList {
  readonly filter?: Filter | undefined;
  readonly order?: ListOrder | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface FilteredList {
  /** To be spread into a query of the ledger. */
  readonly request: { readonly where?: Condition; readonly order?: ListOrder };
  /** Where the page begins; undefined on the first. */
  readonly after: readonly number[] | undefined;
  /** When the first page was asked for. */
  readonly nowMs: number;
  /** The cursor of a position in this very list. */
  readonly cursorAt: (at: readonly number[] | undefined) => string | null;
}

/**
 * @param input - all fields of the operation: what is not the page itself must stay the same from page to page
 * @throws VALIDATION_FAILED for a cursor of another list, NOT_FOUND for an id in the filter that can name nothing
 */
export function filteredList(
  name: OperationName,
  input: AskedList,
  { vocabulary, call }: { readonly vocabulary: Vocabulary; readonly call: Call },
): FilteredList {
  const { services, principal } = call;
  const { limit: _limit, cursor, ...rest } = input;
  const tie = JSON.stringify([name, rest, principal.userId]);
  const position = cursor === undefined ? undefined : readListCursor(cursor, tie);
  const nowMs = position?.nowMs ?? services.clock.now();
  const where = input.filter && resolve(input.filter, { vocabulary, nowMs, services });
  return {
    request: present({ where, order: input.order }),
    after: position?.at,
    nowMs,
    cursorAt: (at) => (at === undefined ? null : writeListCursor({ at, nowMs }, tie)),
  };
}

function resolve(
  filter: Filter,
  {
    vocabulary,
    nowMs,
    services,
  }: { readonly vocabulary: Vocabulary; readonly nowMs: number; readonly services: Call["services"] },
): Condition {
  const { calculators, defaults, ids } = services;
  const zone = calculators.zone(defaults.timezone) ?? calculators.zone("UTC");
  if (zone === undefined) throw new Error("there is no UTC");
  return resolveFilter(filter, { vocabulary, nowMs, zone, keyOf: (prefix, id) => ids.decode(prefix, id) });
}
