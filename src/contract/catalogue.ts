// The catalogue: every operation of Rota, declared once. REST, client, command line, MCP and speech are derived from it.

import type { z } from "zod";
import { accessOperations } from "./catalogue/access.ts";
import { backfillOperations } from "./catalogue/backfills.ts";
import { bulkRunOperations } from "./catalogue/bulk-runs.ts";
import { bulkTaskOperations } from "./catalogue/bulk-tasks.ts";
import { errorOperations } from "./catalogue/errors.ts";
import { fleetOperations } from "./catalogue/fleet.ts";
import { runOperations } from "./catalogue/runs.ts";
import { systemOperations } from "./catalogue/system.ts";
import { taskContentOperations } from "./catalogue/task-content.ts";
import { taskOperations } from "./catalogue/tasks.ts";
import type { Operation } from "./operation.ts";
import { operationNames, type OperationName } from "./routes.ts";

export const catalogue = {
  ...taskOperations,
  ...bulkTaskOperations,
  ...taskContentOperations,
  ...runOperations,
  ...bulkRunOperations,
  ...backfillOperations,
  ...errorOperations,
  ...fleetOperations,
  ...systemOperations,
  ...accessOperations,
} satisfies Readonly<{ [Name in OperationName]: Operation<Name> }>;

export type Catalogue = typeof catalogue;

/** The entries in the order of the routes, for faces that go through all of them. */
export const operations: readonly Operation[] = operationNames.map((name) => catalogue[name]);

/** What a caller may write. */
export type InputOf<Name extends OperationName> = z.input<Catalogue[Name]["input"]>;
/** What a handler gets: defaults filled in, durations and instants as milliseconds. */
export type ParsedOf<Name extends OperationName> = z.output<Catalogue[Name]["input"]>;
/** What is answered. */
export type OutputOf<Name extends OperationName> = Frozen<z.output<Catalogue[Name]["output"]>>;

/** Read-only all the way down. */
type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Field in keyof Value]: Frozen<Value[Field]> }
    : Value;
