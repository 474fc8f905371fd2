// R3, R7, R11, I3, I8: what the database says about each run by itself.

import type { HistoryRow, StateRow, Tables } from "./rows.ts";

export interface RunCheckOptions {
  /** Faults are over and everything had its time: no run may be live. */
  readonly isQuiet: boolean;
  /** Moments of different processes cannot be compared. */
  readonly hasClockJumps?: boolean;
}

export function runViolations(tables: Tables, options: RunCheckOptions): string[] {
  const found: string[] = [];
  const statesOf = Map.groupBy(tables.states, (state) => state.key);
  const historyOf = Map.groupBy(tables.history, (event) => event.runKey);
  const claimsOf = Map.groupBy(tables.attempts, (attempt) => attempt.runKey);
  for (const key of statesOf.keys())
    if (!tables.births.has(key)) found.push(`R7: run ${key} has a state and was never born`);
  for (const birth of tables.births.values()) {
    const states = statesOf.get(birth.key) ?? [];
    const [state] = states;
    if (state === undefined || states.length !== 1) {
      const places = states.map(({ table }) => table).join(" and ") || "none";
      found.push(`R7 I2: run ${birth.key} lies in ${states.length} state tables (${places})`);
      continue;
    }
    const definition = definitionOf(tables, birth.taskKey, birth.revision);
    if (definition === undefined)
      found.push(
        `R1: run ${birth.key} pins revision ${birth.revision} of task ${birth.taskKey}, which is not there`,
      );
    const history = historyOf.get(birth.key) ?? [];
    found.push(...liveViolations(state, options));
    found.push(
      ...claimViolations(
        state,
        (claimsOf.get(birth.key) ?? []).map(({ claim }) => claim),
      ),
    );
    found.push(...storyViolations(state, history, { retry: definition?.retry, ...options }));
  }
  return [...found, ...leaks(tables, statesOf), ...totalViolations(tables)];
}

interface Retry {
  readonly maxAttempts: number;
  readonly delayMs: number;
  readonly backoff: number;
  readonly maxDelayMs: number;
}

function definitionOf(
  tables: Tables,
  taskKey: number,
  revision: number,
): { readonly retry: Retry } | undefined {
  const text = tables.definitions.get(`${taskKey}/${revision}`);
  return text === undefined ? undefined : (JSON.parse(text) as { readonly retry: Retry }); // a stored definition has it
}

function liveViolations(state: StateRow, { isQuiet }: RunCheckOptions): string[] {
  if (!isQuiet || state.table === "ended") return [];
  return [`R1 I2: run ${state.key} has not ended: ${state.status} in ${state.table}, claim ${state.claim}`];
}

/** Claims are 1, 2, 3, …; each that is over has one row, but for a run that ended on its first. */
function claimViolations(state: StateRow, claims: readonly number[]): string[] {
  const found: string[] = [];
  if (claims.some((claim, index) => claim !== index + 1))
    found.push(`R3: the claims of run ${state.key} were ${claims.join(", ")}`);
  const over = state.table === "claimed" ? state.claim - 1 : state.claim;
  const least = state.table === "ended" ? Math.max(0, over - 1) : over;
  if (claims.length < least || claims.length > over)
    found.push(
      `R3: run ${state.key} is at claim ${state.claim} in ${state.table} with ${claims.length} claims noted`,
    );
  if (state.table === "claimed" && state.claim < 1)
    found.push(`R3: run ${state.key} is claimed without a claim`);
  return found;
}

/** From which states each event may come, and where it leads; `live` stands for every state but an end. */
const steps: Readonly<Record<string, { readonly from: readonly string[]; readonly to: string }>> = {
  "run.started": { from: ["pending", "retrying", "resumed"], to: "running" },
  "run.retrying": { from: ["running", "resumed"], to: "retrying" },
  "run.snoozed": { from: ["running", "resumed"], to: "pending" },
  "run.suspended": { from: ["running", "resumed"], to: "waiting" },
  "run.due": { from: ["waiting", "retrying", "resumed"], to: "pending" },
  "run.interrupted": { from: ["running", "resumed", "paused"], to: "pending" },
  "run.recovered": { from: ["running", "resumed", "paused"], to: "pending" },
  "run.unblocked": { from: ["blocked", "pending"], to: "pending" },
  "run.paused": { from: ["pending", "running", "waiting", "retrying", "blocked", "resumed"], to: "paused" },
  "run.resumed": { from: ["paused"], to: "resumed" },
  "run.cancel-requested": {
    from: ["pending", "running", "waiting", "retrying", "blocked", "paused", "resumed", "cancelling"],
    to: "cancelling",
  },
  completed: { from: ["running", "cancelling", "resumed"], to: "completed" },
  failed: { from: ["running", "pending", "blocked", "resumed", "waiting", "paused"], to: "failed" },
  cancelled: { from: ["cancelling"], to: "cancelled" },
  timed_out: {
    from: ["pending", "running", "waiting", "retrying", "blocked", "paused", "resumed", "cancelling"],
    to: "timed_out",
  },
  skipped: { from: ["pending", "blocked"], to: "skipped" },
};

interface Event {
  readonly seq: number;
  readonly type: string;
  readonly atMs: number | undefined;
  readonly data: string | null;
}

/**
 * The events of a run are numbered from 1 to its version. Three of them follow from its rows and are not stored: the
 * birth (1), the first start, and the end (the last); every other number must have a row.
 */
function storyViolations(
  state: StateRow,
  rows: readonly HistoryRow[],
  terms: RunCheckOptions & { readonly retry: Retry | undefined },
): string[] {
  const { key, version } = state;
  const stored = new Map(rows.map((row) => [row.seq, row]));
  const missing: number[] = [];
  for (let seq = 1; seq <= version; seq++) if (!stored.has(seq)) missing.push(seq);
  const end = state.table === "ended" ? [version] : [];
  const start = state.startedAtMs === null ? 0 : 1;
  const isWhole =
    missing[0] === 1 &&
    missing.length === 1 + start + end.length &&
    (end.length === 0 || missing.at(-1) === version) &&
    rows.every(({ seq }) => seq >= 1 && seq <= version);
  if (!isWhole) {
    const numbers = rows.map(({ seq, type }) => `${seq} ${type}`).join(", ");
    return [
      `R7: the events of run ${key} at version ${version} (${state.table}) have gaps: stored are ${numbers || "none"}`,
    ];
  }
  const events: Event[] = [];
  for (let seq = 2; seq <= version; seq++) {
    const row = stored.get(seq);
    if (row) events.push({ seq, type: row.type, atMs: row.atMs, data: row.data });
    else if (seq === version && end.length > 0)
      events.push({ seq, type: state.status, atMs: undefined, data: null });
    else events.push({ seq, type: "run.started", atMs: state.startedAtMs ?? undefined, data: null });
  }
  return [...stepViolations(state, events), ...retryViolations(state, events, terms)];
}

function stepViolations(state: StateRow, events: readonly Event[]): string[] {
  const found: string[] = [];
  let status = "pending";
  let starts = 0;
  for (const { seq, type } of events) {
    if (type === "run.result-discarded") continue;
    if (type === "run.started") starts++;
    if (type === "run.replaced") {
      if (starts > 0) found.push(`R7: run ${state.key} took other params after it had begun`);
      continue;
    }
    // Whether a run was born blocked is told by its first event alone.
    const step = steps[type];
    if (step === undefined)
      found.push(`R7: run ${state.key} has an event ${type} that the checker does not know`);
    else if (!step.from.includes(status))
      found.push(`R7: run ${state.key} has ${type} (${seq}) while ${status}`);
    status = step?.to ?? status;
  }
  if (starts !== state.claim)
    found.push(`R3: run ${state.key} is at claim ${state.claim} and was started ${starts} times`);
  const isOpen = status === "resumed" || status === "retrying" || status === "pending";
  if (status !== state.status && !isOpen)
    found.push(`R7: the events of run ${state.key} lead to ${status}, its row says ${state.status}`);
  return found;
}

function retryViolations(
  state: StateRow,
  events: readonly Event[],
  { retry, hasClockJumps = false }: RunCheckOptions & { readonly retry: Retry | undefined },
): string[] {
  if (retry === undefined) return [];
  const found: string[] = [];
  if (state.attempt > retry.maxAttempts)
    found.push(`R11: run ${state.key} used ${state.attempt} of ${retry.maxAttempts} attempts`);
  let earliestMs = Number.NEGATIVE_INFINITY;
  for (const { type, atMs, data } of events) {
    if (type === "run.retrying" && atMs !== undefined) {
      const { attempt, dueAtMs } = JSON.parse(data ?? "{}") as {
        readonly attempt: number;
        readonly dueAtMs: number;
      }; // see the events' reference
      const longest = Math.min(retry.maxDelayMs, retry.delayMs * retry.backoff ** (attempt - 1));
      if (dueAtMs < atMs || dueAtMs - atMs > longest + 1)
        found.push(
          `R11: run ${state.key} waits ${dueAtMs - atMs} ms after attempt ${attempt}, at most ${longest} are right`,
        );
      earliestMs = dueAtMs;
    } else if (type === "run.started" && atMs !== undefined) {
      if (atMs < earliestMs && !hasClockJumps)
        found.push(`R11: run ${state.key} was tried again ${earliestMs - atMs} ms too early`);
      earliestMs = Number.NEGATIVE_INFINITY;
    }
  }
  return found;
}

/** A slot that an ended run still holds is never given back. */
function leaks(tables: Tables, statesOf: ReadonlyMap<number, readonly StateRow[]>): string[] {
  return tables.live.flatMap(({ taskKey, runKey }) => {
    const [state] = statesOf.get(runKey) ?? [];
    return state === undefined || state.table === "ended"
      ? [`I8: task ${taskKey} still counts run ${runKey} as live, which is ${state?.status ?? "not there"}`]
      : [];
  });
}

/** R16: what is counted for charts is what is there. */
function totalViolations({ states, totals }: Tables): string[] {
  const ended = Map.groupBy(
    states.filter(({ table }) => table === "ended"),
    ({ status }) => status,
  );
  return [...totals].flatMap(([name, count]) => {
    if (!name.startsWith("ended/")) return [];
    const really = ended.get(name.slice("ended/".length))?.length ?? 0;
    return really === count ? [] : [`R16: ${count} runs are counted as ${name}, ${really} are there`];
  });
}
