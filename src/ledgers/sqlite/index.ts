// The ledger in one SQLite file: it stores tasks, runs and events, and decides nothing that the ports do not name.
//
// It must never know an engine, a clock or a face. Start reading at store.ts (one writer, whole batches), then
// migrations/0001_create_ledger.sql (the tables are the states), then run-verbs/claim.ts and run-verbs/settle.ts.

export { openSqliteLedger, worksOnMain } from "./open.ts";
export type { SqliteLedger } from "./ledger.ts";
