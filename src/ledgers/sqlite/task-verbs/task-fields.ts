// The fields of tasks that can be filtered by, as expressions over their tables.

import type { SqlSubject } from "../reading/list-query.ts";

/** `t` is the row of the task. Its definition is that of its present revision. */
export const taskSubject: SqlSubject = {
  joins: {
    revision: "join revisions v on v.task_key = t.key and v.revision = t.revision",
    schedule: "join schedules s on s.task_key = t.key",
  },
  fields: {
    id: { values: ["t.key"], joins: [] },
    status: { values: ["t.status"], joins: [] },
    type: { values: ["t.type"], joins: [] },
    tag: { values: ["v.definition -> '$.tags'"], shape: "list", joins: ["revision"] },
    queue: { values: ["v.definition ->> '$.queue'"], joins: ["revision"] },
    priority: { values: ["v.definition ->> '$.priority'"], joins: ["revision"] },
    userId: { values: ["t.user_id"], joins: [] },
    conversationId: { values: ["t.conversation_id"], joins: [] },
    externalId: { values: ["t.external_id"], joins: [] },
    name: { values: ["t.name", "v.definition ->> '$.description'"], joins: ["revision"] },
    trigger: { values: ["v.definition ->> '$.trigger.kind'"], joins: ["revision"] },
    createdAt: { values: ["t.created_at_ms"], joins: [] },
    updatedAt: { values: ["t.updated_at_ms"], joins: [] },
    nextFireAt: { values: ["s.next_fire_at_ms"], joins: ["schedule"] },
    params: { values: ["v.definition -> '$.params'"], shape: "json", joins: ["revision"] },
  },
};
