// The shape of a handler: a parsed input and its call in, the answer out.

import type { OutputOf, ParsedOf } from "../contract/catalogue.ts";
import type { OperationName, StreamName } from "../contract/routes.ts";
import type { Call } from "./services.ts";

/** A stream's handler resolves once it is open. */
export type Handler<Name extends OperationName> = (
  input: ParsedOf<Name>,
  call: Call,
) => Promise<Name extends StreamName ? AsyncIterable<OutputOf<Name>> : OutputOf<Name>>;

/** A handler for each of some operations. */
export type Handlers<Name extends OperationName = OperationName> = { readonly [Each in Name]: Handler<Each> };
