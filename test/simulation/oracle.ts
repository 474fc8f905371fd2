// The independent checker: reads what is stored at the end and says what should not be so.

import { isTerminal, nextRunStatus, type RunEvent, type RunStatus } from "../../src/domain/run-state.ts";
import type { Occurrence } from "../../src/domain/occurrence.ts";
import type { Run } from "../../src/domain/run.ts";
import { IdCodec } from "../../src/domain/ids.ts";
import type { Page } from "../../src/ports/page.ts";
import type { RunHistoryEvent } from "../../src/domain/event.ts";
import type { AcknowledgedTask, Story } from "./scenario.ts";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Every violation, one sentence each, beginning with the invariant it breaks. */
export async function violationsOf({ world, acknowledged }: Story): Promise<string[]> {
  const { ledger } = world;
  const ids = new IdCodec(ledger.identity.idSeed);
  const found = [...world.violations, ...(await ledger.maintenance.check())];
  const runs = await all<Run>((after) => ledger.runs.list({ limit: 1000, ...after }));
  const byId = new Map(runs.map((run) => [ids.encode("run", run.key), run]));
  for (const id of acknowledged.runs)
    if (!byId.has(id)) found.push(`R1 I2: the acknowledged run ${id} is not there`);
  for (const run of runs) {
    const id = ids.encode("run", run.key);
    if (!isTerminal(run.status))
      found.push(`R1 I2: run ${id} has not ended: ${run.status} ${run.heldBy ?? ""}`);
    if (run.attempt > run.maxAttempts)
      found.push(`R11: run ${id} used ${run.attempt} of ${run.maxAttempts} attempts`);
    found.push(...historyViolations(id, run, await ledger.runs.history(run.key)));
    const claims = (await ledger.runs.attempts(run.key)).map((attempt) => attempt.claim);
    if (claims.some((claim, index) => claim !== index + 1))
      found.push(`R3: claims of run ${id} are ${claims.join()}`);
    const started = world.effects.filter((effect) => effect.runId === id).length;
    if (run.status === "completed" && started === 0)
      found.push(`R4: run ${id} completed without ever starting`);
  }
  for (const [step, times] of world.steps) {
    // A step is repeated only when its process died between doing it and keeping it.
    if (times > 1 + world.deaths)
      found.push(`SEM 8: step ${step} was performed ${times} times with ${world.deaths} deaths`);
  }
  for (const task of acknowledged.tasks.values()) {
    const key = ids.decode("task", task.id);
    const stored = key === undefined ? undefined : await ledger.tasks.get(key);
    if (!stored) {
      found.push(`R1: the acknowledged task ${task.id} is not there`);
      continue;
    }
    const occurrences = await all((after) => ledger.tasks.occurrences(stored.key, { limit: 1000, ...after }));
    found.push(...slotViolations(task, stored.decidedThroughMs, occurrences));
    for (const pause of acknowledged.pauses.filter(({ taskId }) => taskId === task.id)) {
      const inside = occurrences.filter(
        (each) =>
          each.decision === "started" && each.decidedAtMs > pause.fromMs && each.decidedAtMs < pause.untilMs,
      );
      for (const each of inside)
        found.push(`R8 I7: task ${task.id} decided to start ${at(each.scheduledForMs)} while it was paused`);
    }
    if (task.overlap !== "allow")
      found.push(
        ...overlapViolations(
          task,
          world.effects.filter((effect) => effect.taskId === task.id),
        ),
      );
  }
  return found;
}

async function all<Item>(
  page: (after: { readonly after?: number }) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let next: number | undefined, first = true; first || next !== undefined; first = false) {
    const read = await page(next === undefined ? {} : { after: next });
    items.push(...read.items);
    next = read.next;
  }
  return items;
}

/** The grid of an interval is arithmetic: every instant of it up to the cursor is in exactly one row. */
function slotViolations(
  task: AcknowledgedTask,
  decidedThroughMs: number,
  occurrences: readonly Occurrence[],
): string[] {
  if (task.everyMs === undefined) return [];
  const found: string[] = [];
  const slots = new Map<number, number>();
  const runsStarted = new Set<number>();
  for (const row of occurrences) {
    for (let ms = row.scheduledForMs; ms <= (row.untilMs ?? row.scheduledForMs); ms += task.everyMs)
      slots.set(ms, (slots.get(ms) ?? 0) + 1);
    if ((row.decision === "started") !== (row.runKey !== undefined))
      found.push(`I1: ${at(row.scheduledForMs)} of ${task.id} says ${row.decision} with run ${row.runKey}`);
    if (row.runKey !== undefined && runsStarted.has(row.runKey))
      found.push(`I1: one run stands for two instants of ${task.id}`);
    if (row.runKey !== undefined) runsStarted.add(row.runKey);
    if (row.decision !== "started" && row.decision !== "coalesced" && row.reason === undefined)
      found.push(`I1: ${at(row.scheduledForMs)} of ${task.id} was ${row.decision} without a reason`);
  }
  for (let ms = task.createdAtMs; ms <= decidedThroughMs; ms += task.everyMs) {
    const times = slots.get(ms) ?? 0;
    if (times !== 1)
      found.push(
        `R5 I1: instant ${at(ms)} of ${task.id} (every ${task.everyMs} ms) was decided ${times} times`,
      );
  }
  return found;
}

/** Code of a task that may not overlap is never at work twice at one moment. */
function overlapViolations(
  task: AcknowledgedTask,
  effects: readonly { runId: string; startedAtMs: number; endedAtMs?: number; brokenOffAtMs?: number }[],
): string[] {
  const sorted = [...effects].sort((a, b) => a.startedAtMs - b.startedAtMs);
  const found: string[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1], sorted[i]];
    if (!before || !after || before.runId === after.runId) continue;
    const until = before.endedAtMs ?? before.brokenOffAtMs ?? Number.POSITIVE_INFINITY;
    if (until > after.startedAtMs)
      found.push(
        `R9 I8: ${after.runId} began while ${before.runId} of ${task.id} (${task.overlap}) was at work`,
      );
  }
  return found;
}

const meaning: Readonly<Record<string, RunEvent>> = {
  "run.started": "claim",
  "run.completed": "complete",
  "run.retrying": "retry",
  "run.snoozed": "snooze",
  "run.suspended": "suspend",
  "run.due": "due",
  "run.interrupted": "interrupt",
  "run.recovered": "interrupt",
  "run.unblocked": "unblock",
  "run.skipped": "skip",
};

/** Numbers without gap, times that do not go back, and only legal steps between states. */
function historyViolations(id: string, run: Run, history: readonly RunHistoryEvent[]): string[] {
  const found: string[] = [];
  if (history.length !== run.version || history.some((event, index) => event.seq !== index + 1)) {
    found.push(
      `R7: events of run ${id} are ${history.map((event) => `${event.seq} ${event.type}`).join(", ")} at version ${run.version}`,
    );
  }
  let status: RunStatus | undefined;
  for (const event of history) {
    const step = meaning[event.type];
    if (status !== undefined && isTerminal(status) && event.type !== "run.result-discarded")
      found.push(`R7: run ${id} has ${event.type} after it was ${status}`);
    if (step === undefined) {
      if (event.type === "run.created") status = "pending";
      if (event.type === "run.cancel-requested") status = "cancelling";
      if (event.type === "run.paused") status = "paused";
      if (event.type === "run.resumed") status = "pending";
      if (/^run\.(failed|cancelled|timed-out)$/.test(event.type)) status = "failed";
      continue;
    }
    // A retried run is pending again when its time has come, which is no event of its own.
    const from: RunStatus = status === "retrying" && step === "claim" ? "pending" : (status ?? "pending");
    const next = nextRunStatus(from, step);
    if (next === undefined) found.push(`R7: run ${id} has ${event.type} while ${from}`);
    status = next ?? from;
  }
  return found;
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}
