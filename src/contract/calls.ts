// The catalogue as nested functions: `calls.tasks.create(input)`; what the library and the HTTP client both offer.

import type { InputOf, OutputOf } from "./catalogue.ts";
import type { Noun } from "./nouns.ts";
import type { OperationName } from "./routes.ts";

/** Input may be left out where no field is required. */
type Call<Name extends OperationName> =
  Record<never, never> extends InputOf<Name>
    ? (input?: InputOf<Name>) => Promise<OutputOf<Name>>
    : (input: InputOf<Name>) => Promise<OutputOf<Name>>;

/** `Calls["tasks"]["create"]` is the operation `tasks.create`. */
export type Calls = {
  readonly [Each in Noun]: {
    readonly [Name in OperationName as Name extends `${Each}.${infer Verb}` ? Verb : never]: Call<Name>;
  };
};
