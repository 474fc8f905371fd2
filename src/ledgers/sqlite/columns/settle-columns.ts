// Settlements on their way to the ledger, and the answers back: columns for the straight ends, objects for the rest.

import type { Key } from "../../../domain/ids.ts";
import { runStatuses, terminalStatuses, type RunStatus } from "../../../domain/run-state.ts";
import type { SettleReply, Settlement } from "../../../ports/run-ledger.ts";

export interface SettleColumns {
  readonly runKey: Key[];
  readonly claim: number[];
  readonly endedAtMs: number[];
  /** Index into `terminalStatuses`; -1 for those in `rare`. */
  readonly status: number[];
  /** Sparse; a column without any stays empty. */
  readonly result: (string | null)[];
  /** Everything that is no plain end, by index. */
  readonly rare: Record<number, Settlement>;
}

/** The status each run has now, as an index into `runStatuses`; -1: discarded. A number when all are alike. */
export type SettledColumn = number | readonly number[];

export function toSettleColumns(settlements: readonly Settlement[]): SettleColumns {
  const columns: SettleColumns = { runKey: [], claim: [], endedAtMs: [], status: [], result: [], rare: {} };
  settlements.forEach((settlement, index) => {
    columns.runKey.push(settlement.runKey);
    columns.claim.push(settlement.claim);
    columns.endedAtMs.push(settlement.endedAtMs);
    if (settlement.kind === "end" && settlement.stateOnly === undefined) {
      columns.status.push(terminalStatuses.indexOf(settlement.status));
      if (settlement.result !== undefined) columns.result[index] = settlement.result;
    } else {
      columns.status.push(-1);
      columns.rare[index] = settlement;
    }
  });
  return columns;
}

const replies: readonly SettleReply[] = runStatuses.map((status) => Object.freeze({ ok: true, status }));
const discarded: SettleReply = Object.freeze({ ok: false });

export function statusCode(status: RunStatus): number {
  return runStatuses.indexOf(status);
}

export function packStatuses(codes: readonly number[]): SettledColumn {
  const first = codes[0] ?? -1;
  return codes.every((code) => code === first) ? first : codes;
}

export function toSettleReplies(column: SettledColumn, count: number): readonly SettleReply[] {
  if (typeof column === "number") return Array.from({ length: count }, () => replies[column] ?? discarded);
  return column.map((code) => replies[code] ?? discarded);
}
