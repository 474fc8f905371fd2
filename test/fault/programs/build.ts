// Loads Rota from one of its builds: the sources of this checkout, or a copy with a protection taken out.

import type { createRota } from "../../../src/app/create-rota.ts";
import type { openSqliteLedger } from "../../../src/ledgers/sqlite/index.ts";

/** @param source - URL of a folder that is a copy of `src` */
export async function createRotaOf(source: string): Promise<typeof createRota> {
  const module: unknown = await import(`${source}app/create-rota.ts`);
  return (module as { createRota: typeof createRota }).createRota; // every build has the same names
}

export async function openLedgerOf(source: string): Promise<typeof openSqliteLedger> {
  const module: unknown = await import(`${source}ledgers/sqlite/index.ts`);
  return (module as { openSqliteLedger: typeof openSqliteLedger }).openSqliteLedger; // every build has the same names
}
