// The handlers of the verbs on all that a filter matches.

import { RotaError, notFound } from "../domain/errors.ts";
import { runVocabulary, taskVocabulary } from "../domain/filter/vocabularies.ts";
import type { Key } from "../domain/ids.ts";
import type { OperationName } from "../contract/routes.ts";
import { outcomesOf, performBulk, type BulkVerb, type Outcome } from "./bulk.ts";
import type { Handlers } from "./handlers.ts";
import { ownerFilter } from "./lookup.ts";
import { present } from "./present.ts";
import type { Call } from "./services.ts";

type RunVerbs = "runs.bulkCancel" | "runs.bulkRetry" | "runs.bulkPause" | "runs.bulkResume";
type TaskVerbs = "tasks.bulkPause" | "tasks.bulkResume" | "tasks.bulkCancel" | "tasks.bulkDelete";

export const bulkVerbHandlers: Handlers<RunVerbs | TaskVerbs> = {
  "runs.bulkCancel": (input, call) => {
    const options = present({ reason: input.reason, graceMs: input.grace, force: input.force });
    return performBulk(
      onRuns("runs.bulkCancel", call, (keys) => cancelRuns(keys, options, call)),
      input,
      call,
    );
  },
  "runs.bulkRetry": (input, call) => {
    const options = { ...present({ revision: input.revision }), onlyOnce: true };
    const { runs } = call.parts.services.engine;
    const act = each((key) => runs.retry(key, options, call.principal.actor));
    return performBulk(onRuns("runs.bulkRetry", call, act), input, call);
  },
  "runs.bulkPause": (input, call) => {
    const options = present({ reason: input.reason, resumeAtMs: input.resumeAt });
    const { runs } = call.parts.services.engine;
    const act = each((key) => runs.pause(key, options, call.principal.actor));
    return performBulk(onRuns("runs.bulkPause", call, act), input, call);
  },
  "runs.bulkResume": (input, call) => {
    const { runs } = call.parts.services.engine;
    const act = each((key) => runs.resume(key, call.principal.actor));
    return performBulk(onRuns("runs.bulkResume", call, act), input, call);
  },
  "tasks.bulkPause": (input, call) => {
    const options = present({ reason: input.reason, resumeAtMs: input.resumeAt });
    const { tasks } = call.parts.services.engine;
    const act = each((key) => tasks.pause(key, options, call.principal.actor));
    return performBulk(onTasks("tasks.bulkPause", call, act), input, call);
  },
  "tasks.bulkResume": (input, call) => {
    const { tasks } = call.parts.services.engine;
    const act = each((key) => tasks.resume(key, present({ from: input.from }), call.principal.actor));
    return performBulk(onTasks("tasks.bulkResume", call, act), input, call);
  },
  "tasks.bulkCancel": (input, call) => {
    const { reason, grace, force, runs } = input;
    const options = present({ reason, graceMs: grace, force, runs });
    const { tasks } = call.parts.services.engine;
    const act = each((key) => tasks.cancel(key, options, call.principal.actor));
    return performBulk(onTasks("tasks.bulkCancel", call, act), input, call);
  },
  "tasks.bulkDelete": (input, call) => {
    const { tasks } = call.parts.services.engine;
    const act = each((key) => tasks.remove(key, call.principal.actor));
    return performBulk(onTasks("tasks.bulkDelete", call, act), input, call);
  },
};

type Act = BulkVerb["act"];

/** Asked in one turn, and so written in one commit. */
function each(act: (key: Key) => Promise<unknown>): Act {
  return (keys) => outcomesOf(keys.map(act));
}

async function cancelRuns(
  keys: readonly Key[],
  options: Parameters<Call["services"]["engine"]["runs"]["cancelMany"]>[1],
  { parts: { services }, principal }: Call,
): Promise<readonly Outcome[]> {
  const replies = await services.engine.runs.cancelMany(keys, options, principal.actor);
  return replies.map((reply, index): Outcome => {
    if (reply.ok) return reply.changed ? "changed" : "unchanged";
    const id = services.ids.encode("run", keys[index] ?? 0);
    if (reply.error === "NOT_FOUND") return notFound("run", id);
    return new RotaError("ILLEGAL_TRANSITION", `run ${id} is ${reply.status}`, {
      details: { status: reply.status },
    });
  });
}

function onRuns(name: OperationName, call: Call, act: Act): BulkVerb {
  const { ledger, ids } = call.services;
  return {
    name,
    vocabulary: runVocabulary,
    keys: (request, page) => ledger.runs.listKeys({ ...request, ...page, ...ownerFilter(undefined, call) }),
    idOf: (key) => ids.encode("run", key),
    act,
    show: async (key) => {
      const run = await ledger.runs.get(key);
      const definition = run && (await ledger.tasks.definitionAt(run.taskKey, run.revision));
      return (
        run && {
          id: ids.encode("run", key),
          name: definition?.name ?? "",
          type: run.type,
          status: run.status,
        }
      );
    },
  };
}

function onTasks(name: OperationName, call: Call, act: Act): BulkVerb {
  const { ledger, ids } = call.services;
  return {
    name,
    vocabulary: taskVocabulary,
    keys: (request, page) => ledger.tasks.listKeys({ ...request, ...page, ...ownerFilter(undefined, call) }),
    idOf: (key) => ids.encode("task", key),
    act,
    show: async (key) => {
      const task = await ledger.tasks.get(key);
      if (task === undefined) return undefined;
      const { name: title, type } = task.definition;
      return { id: ids.encode("task", key), name: title, type, status: task.status };
    },
  };
}
