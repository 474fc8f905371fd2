// What the ledger refuses of a task, as the error a caller reads.

import { dependenciesNotFound } from "../domain/dependency.ts";
import { notFound, RotaError } from "../domain/errors.ts";
import type { IdCodec } from "../domain/ids.ts";
import type { Dependency } from "../domain/task.ts";
import type { TaskReply } from "../ports/task-ledger.ts";

/** @param dependsOn - as the caller wrote it, where the task was to be saved */
export function taskRefusal(
  reply: TaskReply | undefined,
  ids: IdCodec,
  dependsOn: readonly Dependency[] = [],
): RotaError {
  if (reply === undefined || reply.ok) return new RotaError("INTERNAL", "the ledger gave no answer");
  switch (reply.error) {
    case "ALREADY_EXISTS": {
      const id = ids.encode("task", reply.key);
      return new RotaError("ALREADY_EXISTS", `externalId is already used by task ${id}`, {
        details: { id },
      });
    }
    case "NOT_FOUND": {
      const id = ids.encode("task", reply.key);
      const index = dependsOn.findIndex(({ taskKey }) => taskKey === reply.key);
      return index === -1 ? notFound("task", id) : dependenciesNotFound([{ index, id }]);
    }
    case "DEPENDENCY_CYCLE": {
      const cycle = reply.cycle.map((key) => ids.encode("task", key));
      return new RotaError("DEPENDENCY_CYCLE", `dependsOn would make a cycle: ${cycle.join(" → ")}`, {
        details: { cycle },
      });
    }
    case "REVISION_MISMATCH":
      return new RotaError("REVISION_MISMATCH", `the task is at revision ${reply.revision}`, {
        details: { revision: reply.revision },
      });
    case "ILLEGAL_TRANSITION":
      return new RotaError("ILLEGAL_TRANSITION", `the task is ${reply.status}`, {
        details: { status: reply.status },
      });
  }
}
