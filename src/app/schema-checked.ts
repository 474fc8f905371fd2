// Executors that state their params by a JSON Schema alone: they get a `validate` that checks by it.

import { validationFailed } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { Executor } from "../ports/executor.ts";
import type { Validator } from "../ports/validator.ts";

/** @throws VALIDATION_FAILED when a schema is no JSON Schema of 2020-12 */
export async function checkedBySchema(
  executors: ReadonlyMap<string, Executor>,
  validator: Validator,
): Promise<ReadonlyMap<string, Executor>> {
  const checked = new Map(executors);
  for (const [type, executor] of executors) {
    const { paramsSchema, isCheckedBySchema = false } = executor;
    if (!isCheckedBySchema || paramsSchema === undefined) continue;
    const check = await validator.compile(paramsSchema).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `the paramsSchema of ${type} is no JSON Schema of 2020-12: ${reason}`;
      throw validationFailed([{ path: "executors", code: "INVALID_VALUE", message }]);
    });
    checked.set(type, {
      ...executor,
      validate: (params) => {
        const issues = check(params);
        return issues.length > 0 ? { ok: false, issues } : { ok: true, params: params as Json }; // params come from JSON
      },
    });
  }
  return checked;
}
