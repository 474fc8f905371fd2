// The fields of runs that can be filtered by, as expressions over their tables.

import { startKinds } from "../../../domain/run.ts";
import type { SqlSubject } from "./list-query.ts";

const live = ["ended", "held", "ready", "hands"];
const params = "coalesce(r.params, v.definition -> '$.params')";

/**
 * `r` is the birth row. A run that is in no state table is in a worker's hands: what is known of those is in memory, and
 * comes as the JSON `hands` (see {@link handsJson}).
 */
export const runSubject: SqlSubject = {
  joins: {
    revision: "join revisions v on v.task_key = r.task_key and v.revision = r.revision",
    queue: "join lanes l on l.id = r.lane_id join queues q on q.id = l.queue_id",
    ended: "left join ended e on e.key = r.key",
    held: "left join held h on h.key = r.key",
    ready: "left join ready y on y.lane_id = r.lane_id and y.place = r.place and y.key = r.key",
    hands: "left join hands c on c.key = r.key",
  },
  fields: {
    id: { values: ["r.key"], joins: [] },
    status: {
      values: [
        "coalesce(e.status, h.status, c.status, case when y.key is null then null else 'pending' end)",
      ],
      joins: live,
    },
    type: { values: ["v.definition ->> '$.type'"], joins: ["revision"] },
    tag: { values: ["v.definition -> '$.tags'"], shape: "list", joins: ["revision"] },
    queue: { values: ["q.name"], joins: ["queue"] },
    priority: {
      values: ["coalesce(r.extra ->> '$.priority', v.definition ->> '$.priority')"],
      joins: ["revision"],
    },
    taskId: { values: ["r.task_key"], joins: [] },
    userId: { values: ["v.definition ->> '$.userId'"], joins: ["revision"] },
    conversationId: { values: ["v.definition ->> '$.conversationId'"], joins: ["revision"] },
    name: { values: ["v.definition ->> '$.name'"], joins: ["revision"] },
    createdAt: { values: ["(r.key / 4096)"], joins: [] },
    scheduledFor: { values: ["coalesce(r.scheduled_for_ms, r.due_at_ms)"], joins: [] },
    startedAt: {
      values: ["coalesce(e.started_at_ms, h.started_at_ms, c.started_at_ms, y.started_at_ms)"],
      joins: live,
    },
    finishedAt: { values: ["e.finished_at_ms"], joins: ["ended"] },
    duration: { values: ["(e.finished_at_ms - e.started_at_ms)"], joins: ["ended"] },
    attempt: { values: ["coalesce(e.attempt, h.attempt, c.attempt, y.attempt)"], joins: live },
    error: { values: ["e.result ->> '$.error.code'"], joins: ["ended"] },
    message: {
      values: ["coalesce(nullif(e.result ->> '$.message', ''), e.result ->> '$.error.message')"],
      joins: ["ended"],
    },
    concurrencyKey: { values: ["r.extra ->> '$.concurrencyKey'"], joins: [] },
    startedBy: {
      values: [
        `case r.origin ${startKinds.map((kind, origin) => `when ${origin} then '${kind}'`).join(" ")} end`,
      ],
      joins: [],
    },
    question: { values: ["h.wait ->> '$.question.prompt'"], joins: ["held"] },
    params: { values: [params], shape: "json", joins: ["revision"] },
  },
};
