// Finds the executor of a type among the exports of a module.

import { RotaError } from "../domain/errors.ts";
import type { Executor } from "../ports/executor.ts";

/**
 * Any export may be the executor, or hold it in an array or a plain object: `export const send = defineExecutor(…)`,
 * `export default [send, fetch]`, `export const executors = { send }`.
 *
 * @throws EXECUTOR_NOT_FOUND when the module has none of this type; naming those it has
 */
export async function loadExecutor(moduleUrl: string, type: string): Promise<Executor> {
  // The namespace of a module is an object of unknown values.
  const namespace = (await import(moduleUrl)) as Record<string, unknown>;
  const executors = [...executorsIn(namespace)];
  const found = executors.find((executor) => executor.type === type);
  if (found) return found;
  const types = [...new Set(executors.map((executor) => executor.type))].join(", ");
  throw new RotaError(
    "EXECUTOR_NOT_FOUND",
    `${moduleUrl} exports no executor of type ${type}${types === "" ? "" : `; it has ${types}`}`,
    { details: { type } },
  );
}

function* executorsIn(namespace: Record<string, unknown>): Generator<Executor> {
  for (const value of Object.values(namespace)) {
    if (isExecutor(value)) yield value;
    else if (isHolder(value)) for (const inner of Object.values(value)) if (isExecutor(inner)) yield inner;
  }
}

function isHolder(value: unknown): value is object {
  return (
    Array.isArray(value) ||
    (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  );
}

function isExecutor(value: unknown): value is Executor {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "execute" in value &&
    typeof value.execute === "function"
  );
}
