// What the executors given to `createRota` say about tasks and runs, for the type system alone.

import type { Calls } from "../contract/calls.ts";
import type { InputOf, OutputOf as AnswerOf } from "../contract/catalogue.ts";
import type { Json } from "../domain/json.ts";
import type { SecretRef } from "../domain/secret.ts";
import type { Executor } from "../ports/executor.ts";

/** What `defineExecutor` leaves behind in the type of an executor. */
interface Typed<Params, Result> {
  readonly "~types"?: { readonly params: Params; readonly result: Result };
}

type Ours<Executors extends readonly Executor[], Type extends string> = Extract<
  Executors[number],
  { readonly type: Type }
>;

/** The types a task may have: those of the executors given, and the built-in ones. Any, when none were given. */
export type TypeOf<Executors extends readonly Executor[]> = Executors extends readonly []
  ? string
  : Executors[number]["type"] | "http" | "command";

/** What the executor of this type accepts. */
export type ParamsOf<Executors extends readonly Executor[], Type extends string> =
  Ours<Executors, Type> extends Typed<infer Params, unknown>
    ? unknown extends Params
      ? Json
      : Params
    : Json;

/** What the executor of this type returns. */
export type OutputOf<Executors extends readonly Executor[], Type extends string> =
  Ours<Executors, Type> extends Typed<unknown, infer Result>
    ? unknown extends Result
      ? Json
      : Result
    : Json;

/** The same, where each text may be a reference to a secret. */
export type WithSecrets<Params> = Json extends Params
  ? Params
  : Params extends string
    ? Params | SecretRef
    : Params extends object
      ? { [Field in keyof Params]: WithSecrets<Params[Field]> }
      : Params;

type NewTask<Executors extends readonly Executor[], Type extends string> = Omit<
  InputOf<"tasks.create">,
  "type" | "params"
> & {
  readonly type: Type;
  readonly params?: WithSecrets<ParamsOf<Executors, Type>>;
};

/** The whole content of a task with your own id for it, as `tasks.upsert` and `createRota({ tasks })` take it. */
export type DeclaredTask<
  Executors extends readonly Executor[] = readonly [],
  Type extends string = TypeOf<Executors>,
> = Type extends string ? NewTask<Executors, Type> & { readonly externalId: string } : never;

/**
 * The operations on tasks; those that make one know the params of its type, and the task remembers its type.
 * `createMany` takes its items as a list, at most `limits.bulkItems` of them, and gives the tasks as one.
 */
export type TypedTasks<Executors extends readonly Executor[]> = Omit<
  Calls["tasks"],
  "create" | "createMany" | "upsert"
> & {
  readonly upsert: <const Type extends TypeOf<Executors>>(
    input: DeclaredTask<Executors, Type> & { readonly expectedRevision?: number | undefined },
  ) => Promise<AnswerOf<"tasks.upsert"> & { readonly type: Type }>;
  readonly create: <const Type extends TypeOf<Executors>>(
    input: NewTask<Executors, Type>,
  ) => Promise<AnswerOf<"tasks.create"> & { readonly type: Type }>;
  readonly createMany: <const Type extends TypeOf<Executors>>(
    // The first part tells the types there are, the second gives each its own params.
    inputs: readonly ({ readonly type: Type } & { [Each in Type]: NewTask<Executors, Each> }[Type])[],
  ) => Promise<readonly (AnswerOf<"tasks.createMany">["tasks"][number] & { readonly type: Type })[]>;
};
