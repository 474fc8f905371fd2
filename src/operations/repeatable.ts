// Calls under an idempotency key (SEM 29): performed once, answered the same as often as they come for a day.

import { RotaError } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { RepeatableCall } from "../ports/call-ledger.ts";
import { routes, type OperationName, type Route } from "../contract/routes.ts";
import type { Call, Services } from "./services.ts";

/** What the operation does, with the services it should do it with. */
type Act = (services: Services) => Promise<unknown>;

export class RepeatableCalls {
  readonly #services: Services;
  /** Calls on their way, by what makes them one: the next of the same waits for them. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(services: Services) {
    this.#services = services;
  }

  /**
   * @throws IDEMPOTENCY_KEY_REUSED when the key came with another input before
   * @throws VALIDATION_FAILED when the key cannot be one, or the operation cannot be repeated
   */
  async perform(
    operation: OperationName,
    input: unknown,
    { principal }: Pick<Call, "principal">,
    act: Act,
  ): Promise<unknown> {
    const key = principal.request?.idempotencyKey;
    if (key === undefined) return act(this.#services);
    refuseUnfit(key, operation);
    const { clock, secrets } = this.#services;
    const call: RepeatableCall = {
      scope: `${principal.keyId ?? principal.actor} ${operation}`,
      key,
      digest: secrets.digest(canonical(input)),
      nowMs: clock.now(),
    };
    return this.#inTurn(`${call.scope} ${key}`, () => this.#once(call, act));
  }

  async #inTurn(name: string, act: () => Promise<unknown>): Promise<unknown> {
    const before = this.#running.get(name) ?? Promise.resolve();
    const mine = before.then(act, act);
    this.#running.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#running.get(name) === mine) this.#running.delete(name);
    }
  }

  /** A call that is known without an answer died half way: it is performed again, over what it has done already. */
  async #once(call: RepeatableCall, act: Act): Promise<unknown> {
    const { calls } = this.#services.ledger;
    const known = await calls.recall(call);
    if (known !== undefined && known.digest !== call.digest) {
      throw new RotaError(
        "IDEMPOTENCY_KEY_REUSED",
        `the Idempotency-Key ${call.key} was used for another request`,
      );
    }
    if (known?.answer !== undefined) return known.answer;
    const answer = await act(this.#services.over(calls.remembering(call)));
    await calls.remember(call, answer as Json); // every answer is JSON, or null
    return answer;
  }
}

function refuseUnfit(key: string, operation: OperationName): void {
  if (!/^[\u0021-\u007e]{1,200}$/.test(key)) {
    throw new RotaError("VALIDATION_FAILED", "an Idempotency-Key is 1 to 200 visible ASCII characters");
  }
  const route: Route = routes[operation];
  if (route.answersSecret !== true) return;
  throw new RotaError(
    "VALIDATION_FAILED",
    `${operation} takes no Idempotency-Key: its answer holds a secret that is kept nowhere`,
  );
}

/** The same text for the same JSON, in whatever order its fields come. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
