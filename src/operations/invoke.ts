// The one way in: checks who asks and what is asked by the catalogue, then lets the handler do it.

import { RotaError } from "../domain/errors.ts";
import { isDeeperThan } from "../domain/json.ts";
import { catalogue } from "../contract/catalogue.ts";
import { parseInput } from "../contract/parse-input.ts";
import { mayDo, type Principal } from "../contract/principal.ts";
import type { OperationName } from "../contract/routes.ts";
import { backfillHandlers } from "./backfill-handlers.ts";
import { bulkRunHandlers } from "./bulk-run-handlers.ts";
import { errorHandlers } from "./error-handlers.ts";
import { fleetHandlers } from "./fleet-handlers.ts";
import type { Handler, Handlers } from "./handlers.ts";
import { runHandlers } from "./run-handlers.ts";
import type { Services } from "./services.ts";
import { systemHandlers } from "./system-handlers.ts";
import { taskContentHandlers } from "./task-content-handlers.ts";
import { taskHandlers } from "./task-handlers.ts";

/** One handler for each entry of the catalogue. */
export const handlers: Handlers = {
  ...taskHandlers,
  ...taskContentHandlers,
  ...runHandlers,
  ...bulkRunHandlers,
  ...backfillHandlers,
  ...errorHandlers,
  ...fleetHandlers,
  ...systemHandlers,
};

/** Performs an operation of the catalogue; the input is untrusted. */
export type Invoke = (name: OperationName, input: unknown, principal: Principal) => Promise<unknown>;

/** Inputs nest their JSON values a few levels deep; anything deeper than this is hostile. */
const deepestInput = 70;

/**
 * @throws FORBIDDEN when the principal's role does not reach, VALIDATION_FAILED with `details.issues`, and what the
 *   operation's entry names
 */
export function createInvoke(services: Services): Invoke {
  return async (name, input, principal) => {
    const { permission } = catalogue[name];
    if (!mayDo(principal, permission)) {
      throw new RotaError(
        "FORBIDDEN",
        `${name} needs the role ${permission}, and this caller is ${principal.role}`,
        {
          details: { operation: name, permission, role: principal.role },
        },
      );
    }
    if (isDeeperThan(input, deepestInput)) {
      throw new RotaError("VALIDATION_FAILED", `the input nests deeper than ${deepestInput} levels`);
    }
    // Handler and parsed input belong to the same name, which the compiler cannot see through the look-up.
    const handle = handlers[name] as unknown as Handler<typeof name>;
    return handle(parseInput(name, input), { principal, services });
  };
}
