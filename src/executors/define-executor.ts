// `defineExecutor`: how users state what their code is called, what it accepts, and where it runs.

import { RotaError, validationFailed, type Issue } from "../domain/errors.ts";
import { parseDurationMs } from "../domain/duration.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { RetryPolicy } from "../domain/retry.ts";
import {
  isolations,
  type Executor,
  type Isolation,
  type OnInterrupted,
  type RunContext,
  type StandardResult,
  type StandardSchema,
} from "../ports/executor.ts";
import { issuesOf, jsonSchemaOf, unreadable } from "./standard-schema.ts";

/** What {@link defineExecutor} takes. */
export interface ExecutorDefinition<Params, Result, Type extends string = string> {
  /** The name under which tasks refer to this code: a letter, then letters, digits, `.`, `_`, `-` or `/`; at most 200. */
  readonly type: Type;
  /** Shown with the executor; kept with each attempt. @default "1" */
  readonly version?: string;
  readonly description?: string;
  /**
   * Checks params when a task is created or triggered, and again before each attempt; any Standard Schema (zod, valibot,
   * arktype). Tasks keep the params as they were given: what the schema fills in or transforms is made anew for `run`.
   */
  readonly params?: StandardSchema<Params>;
  /**
   * JSON Schema (2020-12) of the params, published so that servers without this code can check them. Without `params`
   * it is what Rota itself checks by; `format` is a note to people and not checked.
   *
   * @default what `params` says of itself, where its library can (zod 4.2 and arktype can)
   */
  readonly paramsSchema?: JsonObject;
  /** @default "inline" */
  readonly isolation?: Isolation;
  /** The module that exports this executor, `import.meta.url`; needed for `thread` and `process`. */
  readonly module?: string;
  /** Where it differs from 3 attempts, 1 s, doubling up to 60 s, full jitter. */
  readonly retry?: Partial<RetryPolicy>;
  /** Longest attempt: `"90s"`, `"5m"` or milliseconds. @default none */
  readonly timeout?: string | number;
  /** What the loss of a worker means for the run. @default "repeat" */
  readonly onInterrupted?: OnInterrupted;
  /** Whether `run` calls `ctx.checkpoint()`, so that its runs can pause there. Processes can always pause. @default false */
  readonly pausable?: boolean;
  /** Performs one attempt; what it returns is the result. */
  readonly run: (params: Params, ctx: RunContext) => Result | Promise<Result>;
}

/** An executor that remembers the types of its params and result. */
export interface DefinedExecutor<
  Params = unknown,
  Result = unknown,
  Type extends string = string,
> extends Executor {
  readonly type: Type;
  /** Carries types; never there at run time. */
  readonly "~types"?: { readonly params: Params; readonly result: Result };
}

/**
 * Makes an executor of a function.
 *
 * The function may return data, or what `successResult`, `failureResult`, `snooze` and `suspend` make; throwing fails the
 * attempt. It is called at least once for a run, and again after a failure or a crash: give `ctx.idempotencyKey` to the
 * systems it calls, and put what must not be repeated into `ctx.step`.
 *
 * @throws CONFIG_INVALID when the definition itself is wrong, naming the field
 * @example
 * export const greet = defineExecutor({
 *   type: "greet",
 *   params: z.object({ name: z.string() }),
 *   run: ({ name }) => `hello, ${name}`,
 * });
 */
export function defineExecutor<Params = Json, Result = unknown, const Type extends string = string>(
  definition: ExecutorDefinition<Params, Result, Type>,
): DefinedExecutor<Params, Result, Type> {
  const { type, params: schema, run, module, description, retry } = definition;
  const isolation = definition.isolation ?? "inline";
  const paramsSchema = definition.paramsSchema ?? (schema && jsonSchemaOf(schema));
  const timeoutMs = checked(definition);
  return {
    type,
    version: definition.version ?? "1",
    isolation,
    onInterrupted: definition.onInterrupted ?? "repeat",
    pausable: definition.pausable ?? false,
    ...(description === undefined ? {} : { description }),
    ...(paramsSchema === undefined ? {} : { paramsSchema }),
    ...(paramsSchema !== undefined && schema === undefined ? { isCheckedBySchema: true } : {}),
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(module === undefined ? {} : { moduleUrl: module }),
    ...(schema ? withSchema(schema, run) : withoutSchema(run)),
  };
}

type Behaviour = Pick<Executor, "validate" | "execute">;

/** Any JSON is accepted and handed on as it is. */
function withoutSchema<Params>(run: (params: Params, ctx: RunContext) => unknown): Behaviour {
  return {
    validate: (params) => ({ ok: true, params: params as Json }), // params come from JSON
    execute: (params, context) => run(params as Params, context), // without a schema the caller's type is all there is
  };
}

/**
 * `validate` hands back what it was given, since a schema may turn text into dates, and since parsing twice is not always
 * the same as parsing once; `execute` parses for the code. A schema that answers at once costs no promise.
 */
function withSchema<Params>(
  schema: StandardSchema<Params>,
  run: (params: Params, ctx: RunContext) => unknown,
): Behaviour {
  const parse = (params: unknown): StandardResult<Params> | Promise<StandardResult<Params>> => {
    try {
      return schema["~standard"].validate(params);
    } catch (error) {
      return { issues: [unreadable(error)] };
    }
  };
  const verdict = (
    params: unknown,
    result: StandardResult<Params>,
  ): Awaited<ReturnType<Executor["validate"]>> =>
    result.issues ? { ok: false, issues: issuesOf(result.issues) } : { ok: true, params: params as Json }; // as above
  const perform = (result: StandardResult<Params>, context: RunContext): unknown => {
    if (result.issues) throw validationFailed(issuesOf(result.issues), "INVALID_PARAMETERS");
    return run(result.value, context);
  };
  return {
    validate: (params) => {
      const result = parse(params);
      return result instanceof Promise
        ? result.then((late) => verdict(params, late))
        : verdict(params, result);
    },
    execute: (params, context) => {
      const result = parse(params);
      return result instanceof Promise
        ? result.then((late) => perform(late, context))
        : perform(result, context);
    },
  };
}

/** Refuses a definition that cannot work, and returns its timeout in milliseconds. */
function checked<Params, Result>(definition: ExecutorDefinition<Params, Result>): number | undefined {
  const { type, run, isolation, module, timeout, retry } = definition;
  const issues: Issue[] = [];
  const refuse = (path: string, message: string): number => issues.push({ path, code: "invalid", message });
  if (typeof type !== "string" || !/^[A-Za-z][\w./-]{0,199}$/u.test(type)) {
    refuse(
      "type",
      `expected a letter, then letters, digits, ".", "_", "-" or "/", got ${JSON.stringify(type)}`,
    );
  }
  if (typeof run !== "function") refuse("run", "expected a function");
  if (isolation !== undefined && !isolations.includes(isolation)) {
    refuse("isolation", `expected ${isolations.join(", ")}, got ${JSON.stringify(isolation)}`);
  }
  if (isolation !== undefined && isolation !== "inline" && module === undefined) {
    refuse(
      "module",
      `isolation "${isolation}" needs the module that exports the executor: module: import.meta.url`,
    );
  }
  if (module !== undefined && !URL.canParse(module))
    refuse("module", "expected a file URL: module: import.meta.url");
  const attempts = retry?.maxAttempts;
  if (attempts !== undefined && !(Number.isInteger(attempts) && attempts >= 1 && attempts <= 1000)) {
    refuse("retry.maxAttempts", `expected an integer from 1 to 1000, got ${attempts}`);
  }
  const limit = timeout === undefined ? undefined : parseDurationMs(timeout);
  if (limit && !limit.ok) refuse("timeout", limit.message);
  const [first] = issues;
  if (first) {
    throw new RotaError("CONFIG_INVALID", `executor ${String(type)}: ${first.path}: ${first.message}`, {
      details: { issues },
    });
  }
  return limit?.ok ? limit.ms : undefined;
}
