// Where each operation lives in HTTP: the one table of names, methods and paths. Knows no schema, so that the client stays small.

/** How one operation travels over HTTP. Fields of its input that are named nowhere here are the body, or the query where there is none. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute; `{field}` takes the place of that field of the input. */
  readonly path: `/api/v1/${string}`;
  /** Status of a success. */
  readonly status: 200 | 201 | 204;
  /** Another status for a success whose answer has this value in this field. */
  readonly statusWhen?: { readonly field: string; readonly is: string | boolean; readonly status: 200 | 201 };
  /** Fields that go into the query although the request has a body. */
  readonly query?: readonly string[];
  /** Which of those are durations: as text a bare number would lack its unit. */
  readonly durations?: readonly string[];
  /** The field which `If-Match` carries: a revision. */
  readonly ifMatch?: string;
  /** After a 201: the operation that reads what was made, by its `id`; becomes `Location`. */
  readonly created?: string;
  /** The answer holds a secret that is kept nowhere: the call is not repeated, nor its answer remembered. */
  readonly answersSecret?: true;
}

export const routes = {
  "tasks.create": { method: "POST", path: "/api/v1/tasks", status: 201, created: "tasks.get" },
  "tasks.createMany": { method: "POST", path: "/api/v1/tasks/bulk", status: 201 },
  "tasks.list": { method: "GET", path: "/api/v1/tasks", status: 200 },
  "tasks.get": { method: "GET", path: "/api/v1/tasks/{id}", status: 200 },
  "tasks.update": { method: "PATCH", path: "/api/v1/tasks/{id}", status: 200, ifMatch: "expectedRevision" },
  "tasks.upsert": {
    method: "PUT",
    path: "/api/v1/tasks/by-external-id/{externalId}",
    status: 200,
    statusWhen: { field: "outcome", is: "created", status: 201 },
    ifMatch: "expectedRevision",
    created: "tasks.get",
  },
  "tasks.revisions": { method: "GET", path: "/api/v1/tasks/{id}/revisions", status: 200 },
  "tasks.revision": { method: "GET", path: "/api/v1/tasks/{id}/revisions/{revision}", status: 200 },
  "tasks.revert": {
    method: "POST",
    path: "/api/v1/tasks/{id}/revert",
    status: 200,
    ifMatch: "expectedRevision",
  },
  "tasks.delete": {
    method: "DELETE",
    path: "/api/v1/tasks/{id}",
    status: 204,
    ifMatch: "expectedRevision",
  },
  "tasks.pause": { method: "POST", path: "/api/v1/tasks/{id}/pause", status: 200 },
  "tasks.resume": { method: "POST", path: "/api/v1/tasks/{id}/resume", status: 200 },
  "tasks.cancel": {
    method: "POST",
    path: "/api/v1/tasks/{id}/cancel",
    status: 200,
    ifMatch: "expectedRevision",
  },
  "tasks.trigger": {
    method: "POST",
    path: "/api/v1/tasks/{id}/trigger",
    status: 201,
    statusWhen: { field: "deduplicated", is: true, status: 200 },
    query: ["wait"],
    durations: ["wait"],
    created: "runs.get",
  },
  "tasks.triggerMany": { method: "POST", path: "/api/v1/tasks/{id}/trigger/bulk", status: 201 },
  "tasks.runs": { method: "GET", path: "/api/v1/tasks/{id}/runs", status: 200 },
  "tasks.occurrences": { method: "GET", path: "/api/v1/tasks/{id}/occurrences", status: 200 },
  "tasks.upcoming": { method: "GET", path: "/api/v1/tasks/{id}/upcoming", status: 200 },
  "tasks.explain": { method: "GET", path: "/api/v1/tasks/{id}/explain", status: 200 },
  "users.tasks": { method: "GET", path: "/api/v1/users/{userId}/tasks", status: 200 },
  "runs.list": { method: "GET", path: "/api/v1/runs", status: 200 },
  "runs.get": { method: "GET", path: "/api/v1/runs/{id}", status: 200 },
  "runs.cancel": { method: "POST", path: "/api/v1/runs/{id}/cancel", status: 200 },
  "runs.pause": { method: "POST", path: "/api/v1/runs/{id}/pause", status: 200 },
  "runs.resume": { method: "POST", path: "/api/v1/runs/{id}/resume", status: 200 },
  "runs.retry": { method: "POST", path: "/api/v1/runs/{id}/retry", status: 201, created: "runs.get" },
  "runs.signal": { method: "POST", path: "/api/v1/runs/{id}/signal", status: 200 },
  "runs.answer": { method: "POST", path: "/api/v1/runs/{id}/answer", status: 200 },
  "runs.events": { method: "GET", path: "/api/v1/runs/{id}/events", status: 200 },
  "runs.logs": { method: "GET", path: "/api/v1/runs/{id}/logs", status: 200 },
  "runs.output": { method: "GET", path: "/api/v1/runs/{id}/output", status: 200 },
  "runs.attempts": { method: "GET", path: "/api/v1/runs/{id}/attempts", status: 200 },
  "runs.children": { method: "GET", path: "/api/v1/runs/{id}/children", status: 200 },
  "runs.explain": { method: "GET", path: "/api/v1/runs/{id}/explain", status: 200 },
  "backfills.preview": { method: "GET", path: "/api/v1/tasks/{taskId}/backfills/preview", status: 200 },
  "backfills.create": {
    method: "POST",
    path: "/api/v1/tasks/{taskId}/backfills",
    status: 201,
    created: "backfills.get",
  },
  "backfills.list": { method: "GET", path: "/api/v1/tasks/{taskId}/backfills", status: 200 },
  "backfills.get": { method: "GET", path: "/api/v1/backfills/{id}", status: 200 },
  "backfills.cancel": { method: "POST", path: "/api/v1/backfills/{id}/cancel", status: 200 },
  "errors.list": { method: "GET", path: "/api/v1/errors", status: 200 },
  "errors.get": { method: "GET", path: "/api/v1/errors/{fingerprint}", status: 200 },
  "errors.retry": { method: "POST", path: "/api/v1/errors/{fingerprint}/retry", status: 201 },
  "errors.resolve": { method: "POST", path: "/api/v1/errors/{fingerprint}/resolve", status: 200 },
  "errors.mute": { method: "POST", path: "/api/v1/errors/{fingerprint}/mute", status: 200 },
  "errors.reopen": { method: "POST", path: "/api/v1/errors/{fingerprint}/reopen", status: 200 },
  "executors.list": { method: "GET", path: "/api/v1/executors", status: 200 },
  "executors.get": { method: "GET", path: "/api/v1/executors/{type}", status: 200 },
  "queues.list": { method: "GET", path: "/api/v1/queues", status: 200 },
  "queues.get": { method: "GET", path: "/api/v1/queues/{name}", status: 200 },
  "queues.update": { method: "PUT", path: "/api/v1/queues/{name}", status: 200 },
  "queues.pause": { method: "POST", path: "/api/v1/queues/{name}/pause", status: 200 },
  "queues.resume": { method: "POST", path: "/api/v1/queues/{name}/resume", status: 200 },
  "queues.explain": { method: "GET", path: "/api/v1/queues/{name}/explain", status: 200 },
  "workers.list": { method: "GET", path: "/api/v1/workers", status: 200 },
  "schedules.preview": { method: "POST", path: "/api/v1/schedules/preview", status: 200 },
  "schedules.simulate": { method: "POST", path: "/api/v1/schedules/simulate", status: 200 },
  "stats.get": { method: "GET", path: "/api/v1/stats", status: 200 },
  "limits.get": { method: "GET", path: "/api/v1/limits", status: 200 },
  "keys.create": {
    method: "POST",
    path: "/api/v1/keys",
    status: 201,
    created: "keys.get",
    answersSecret: true,
  },
  "keys.list": { method: "GET", path: "/api/v1/keys", status: 200 },
  "keys.get": { method: "GET", path: "/api/v1/keys/{id}", status: 200 },
  "keys.revoke": { method: "DELETE", path: "/api/v1/keys/{id}", status: 200 },
  "audit.list": { method: "GET", path: "/api/v1/audit", status: 200 },
  "maintenance.cleanup": { method: "POST", path: "/api/v1/maintenance/cleanup", status: 200 },
} as const satisfies Record<string, Route>;

/** Every operation there is. */
export type OperationName = keyof typeof routes;

// The keys of the literal above, which `Object.keys` widens to strings.
export const operationNames = Object.keys(routes) as readonly OperationName[];

/** Where the fields of an input travel. */
export interface Carriers {
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly body: readonly string[];
}

/** Sorts the fields of an operation's input into path, query and body; the field of `If-Match` is in none of them. */
export function carriersOf(route: Route, fields: readonly string[]): Carriers {
  const path = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const rest = fields.filter((field) => !path.includes(field) && field !== route.ifMatch);
  if (!hasBody(route)) return { path, query: rest, body: [] };
  const query = rest.filter((field) => route.query?.includes(field));
  return { path, query, body: rest.filter((field) => !query.includes(field)) };
}

export function hasBody(route: Route): boolean {
  return route.method !== "GET" && route.method !== "DELETE";
}
