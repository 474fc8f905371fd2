// The one way in: checks who asks and what is asked by the catalogue, lets the handler do it, and records what was done.

import { RotaError } from "../domain/errors.ts";
import { isDeeperThan } from "../domain/json.ts";
import { catalogue } from "../contract/catalogue.ts";
import { parseInput } from "../contract/parse-input.ts";
import type { Principal } from "../contract/principal.ts";
import type { OperationName } from "../contract/routes.ts";
import { accessHandlers } from "./access-handlers.ts";
import { audited } from "./audited.ts";
import { authorize } from "./authorize.ts";
import { backfillHandlers } from "./backfill-handlers.ts";
import { bulkRunHandlers } from "./bulk-run-handlers.ts";
import { bulkTaskHandlers } from "./bulk-task-handlers.ts";
import { errorHandlers } from "./error-handlers.ts";
import { fleetHandlers } from "./fleet-handlers.ts";
import type { Handler, Handlers } from "./handlers.ts";
import { RepeatableCalls } from "./repeatable.ts";
import { runHandlers } from "./run-handlers.ts";
import type { Services } from "./services.ts";
import { systemHandlers } from "./system-handlers.ts";
import { taskContentHandlers } from "./task-content-handlers.ts";
import { taskHandlers } from "./task-handlers.ts";

/** One handler for each entry of the catalogue. */
export const handlers: Handlers = {
  ...taskHandlers,
  ...bulkTaskHandlers,
  ...taskContentHandlers,
  ...runHandlers,
  ...bulkRunHandlers,
  ...backfillHandlers,
  ...errorHandlers,
  ...fleetHandlers,
  ...systemHandlers,
  ...accessHandlers,
};

/** Performs an operation of the catalogue; the input is untrusted. */
export type Invoke = (name: OperationName, input: unknown, principal: Principal) => Promise<unknown>;

/** Inputs nest their JSON values a few levels deep; anything deeper than this is hostile. */
const deepestInput = 70;

/**
 * @throws FORBIDDEN when the principal's role, user or scopes do not reach, VALIDATION_FAILED with `details.issues`,
 *   IDEMPOTENCY_KEY_REUSED, and what the operation's entry names
 */
export function createInvoke(services: Services): Invoke {
  const repeatable = new RepeatableCalls(services);
  return async (name, input, principal) => {
    // Handler and parsed input belong to the same name, which the compiler cannot see through the look-up.
    const handle = handlers[name] as unknown as Handler<typeof name>;
    const read = () => {
      authorize(name, principal);
      if (isDeeperThan(input, deepestInput)) {
        throw new RotaError("VALIDATION_FAILED", `the input nests deeper than ${deepestInput} levels`);
      }
      return parseInput(name, input);
    };
    if (catalogue[name].effect === "reads") return handle(read(), { principal, services });
    return audited(name, input, { principal, services }, async () => {
      const parsed = read();
      return repeatable.perform(name, input, { principal }, (over) =>
        handle(parsed, { principal, services: over }),
      );
    });
  };
}
