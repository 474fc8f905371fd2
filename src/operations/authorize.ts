// Decides who may ask for what, before the input is looked at.

import { RotaError } from "../domain/errors.ts";
import { catalogue } from "../contract/catalogue.ts";
import { mayDo, type Principal } from "../contract/principal.ts";
import { reachOf } from "../contract/reach.ts";
import type { OperationName } from "../contract/routes.ts";
import { isInScope } from "../contract/scope.ts";

/** @throws FORBIDDEN when the caller's role, its user or its scopes do not reach */
export function authorize(operation: OperationName, principal: Principal): void {
  const { permission } = catalogue[operation];
  const { role, userId, scopes } = principal;
  if (!mayDo(principal, permission)) {
    throw new RotaError(
      "FORBIDDEN",
      `${operation} needs the role ${permission}, and this caller is ${role}`,
      {
        details: { operation, permission, role },
      },
    );
  }
  if (userId !== undefined && reachOf[operation] === "installation") {
    throw new RotaError(
      "FORBIDDEN",
      `${operation} concerns the whole installation, and this key is bound to user ${userId}`,
      { details: { operation, userId } },
    );
  }
  if (scopes !== undefined && !scopes.some((scope) => isInScope(operation, scope))) {
    throw new RotaError("FORBIDDEN", `${operation} is not among the scopes of this key`, {
      details: { operation, scopes },
    });
  }
}
