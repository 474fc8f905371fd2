// A fixed story told to a ledger verb by verb, which kills its own process at one named point of one statement.

import type { TaskDefinition } from "../../../src/domain/task.ts";
import type { ClaimedRun, Settlement } from "../../../src/ports/run-ledger.ts";
import type { Firing, NewTask } from "../../../src/ports/task-ledger.ts";
import { DeedLog, type Deed, type TaskSpec } from "../deeds.ts";
import { openLedgerOf } from "./build.ts";

export interface ScriptOptions {
  /** URL of the source folder of the build to run. */
  readonly source: string;
  readonly database: string;
  readonly deeds: string;
  /** The story begins here: some seconds ago, so that whoever opens the file later finds its instants in the past. */
  readonly baseMs: number;
  /** Dies at the n-th time the point is passed; absent: a dry run, which tells how often each was. */
  readonly kill?: { readonly point: string; readonly hit: number };
  /** Tells the world as soon as a reply is there, and dies this many verbs later. */
  readonly killAfterVerb?: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as ScriptOptions; // given by Child.program
const { baseMs } = options;
const deeds = new DeedLog(options.deeds);
const { pid } = process;

let chapter = "open";
let verbs = 0;
let nowMs = baseMs - 500;
const passed = new Map<string, number>();

function probe(point: string): void {
  const name = `${chapter} / ${point}`;
  const hit = (passed.get(name) ?? 0) + 1;
  passed.set(name, hit);
  if (options.kill?.point === name && options.kill.hit === hit) process.kill(pid, "SIGKILL");
}

const openLedger = await openLedgerOf(options.source);
const ledger = await openLedger({
  database: `sqlite:${options.database}`,
  host: "main",
  nowMs,
  idSeed: 1,
  probe,
});

/** Names what follows, moves time on, and awaits one verb. */
async function verb<Reply>(name: string, ask: () => Promise<Reply>): Promise<Reply> {
  chapter = name;
  nowMs += 10;
  const reply = await ask();
  verbs += 1;
  if (options.killAfterVerb === verbs) setImmediate(() => process.kill(pid, "SIGKILL"));
  return reply;
}

const text = (key: number): string => `#${key}`;
const write = (deed: Deed): void => deeds.write(deed);

/** Waits a turn, in which a process that is about to die does so. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function definition(spec: TaskSpec, trigger: TaskDefinition["trigger"]): TaskDefinition {
  return {
    name: spec.name,
    type: "work",
    params: {},
    trigger,
    queue: "default",
    priority: 5,
    retry: {
      maxAttempts: 3,
      delayMs: 100,
      backoff: 2,
      maxDelayMs: 1000,
      jitter: "none",
      onExhausted: "fail",
    },
    overlap: { policy: spec.overlap, max: 1 },
    misfire: { policy: "once", graceMs: 60_000, maxAgeMs: 86_400_000, cap: 1000 },
    dependsOn: [],
    onDependencyFailure: "fail",
    tags: [],
    metadata: {},
    ...(spec.limit === undefined ? {} : { concurrency: { limit: spec.limit } }),
  };
}

// Open: two workers, of which the second will find the first one lost.
const executor = {
  type: "work",
  version: "1",
  isolation: "inline",
  onInterrupted: "repeat",
  pausable: false,
} as const;
const worker = { pid, queues: ["*"], concurrency: 10, executors: [executor] };
const first = await verb("register", () => ledger.workers.register({ ...worker, name: "first" }, nowMs));

// Tasks.
const specs: readonly TaskSpec[] = [
  { name: "grid", everyMs: 1000, anchorMs: baseMs, overlap: "allow", maxAttempts: 3 },
  { name: "plain", overlap: "allow", maxAttempts: 3 },
  { name: "limited", overlap: "skip", limit: 1, maxAttempts: 3 },
];
const firstTask = ledger.tasks.reserveKeys(nowMs, specs.length);
const [grid, plain, limited] = [firstTask, firstTask + 1, firstTask + 2];
const news = specs.map((spec, index): NewTask => {
  write({ e: "call", op: "create", at: nowMs, spec });
  const isGrid = spec.everyMs !== undefined;
  const trigger = isGrid
    ? ({ kind: "interval", every: 1000, anchor: new Date(baseMs).toISOString() } as const)
    : ({ kind: "manual" } as const);
  return {
    key: firstTask + index,
    definition: definition(spec, trigger),
    status: "active",
    anchorMs: nowMs,
    decidedThroughMs: nowMs - 1,
    ...(isGrid ? { nextFireAtMs: baseMs } : {}),
  };
});
const created = await verb("create", () => ledger.tasks.create(news, nowMs));
created.forEach((reply, index) => {
  if (reply.ok)
    write({
      e: "ack",
      op: "create",
      at: nowMs,
      task: text(firstTask + index),
      name: specs[index]?.name ?? "",
    });
});

/** Acknowledges runs that a reply names. */
function acknowledge(task: number, runs: readonly number[]): void {
  for (const run of runs) write({ e: "ack", op: "trigger", at: nowMs, task: text(task), run: text(run) });
}

function begin(runs: readonly ClaimedRun[]): void {
  for (const { key, taskKey, claim, attempt } of runs) {
    write({ e: "claimed", run: text(key), claim });
    write({ e: "start", at: nowMs, run: text(key), task: text(taskKey), attempt, pid });
  }
}

// Firing: three instants, of which two start; then the same once more, as a second scheduler or a doubled timer would.
nowMs = baseMs + 2100;
const firing: Firing = {
  taskKey: grid,
  revision: 1,
  decidedFromMs: news[0]?.decidedThroughMs ?? 0,
  decidedThroughMs: baseMs + 2000,
  nextFireAtMs: baseMs + 3000,
  occurrences: [
    { scheduledForMs: baseMs, dueAtMs: baseMs, decision: "started" },
    { scheduledForMs: baseMs + 1000, dueAtMs: baseMs + 1000, decision: "missed", reason: "grace" },
    { scheduledForMs: baseMs + 2000, dueAtMs: baseMs + 2000, decision: "started" },
  ],
};
for (const chapterOfFiring of ["fire", "fire again"]) {
  const [fired] = await verb(chapterOfFiring, () => ledger.tasks.fire([firing], nowMs));
  if (fired?.ok) acknowledge(grid, fired.started);
  await turn();
}

// Adding: alone, many, for later, and one that a live run refuses.
const newRun = (taskKey: number, dueAtMs = nowMs) => ({
  taskKey,
  revision: 1,
  dueAtMs,
  startedBy: { kind: "trigger" } as const,
});
const wanted = [
  newRun(plain),
  newRun(plain),
  newRun(plain, nowMs + 300),
  newRun(plain),
  newRun(plain),
  newRun(limited),
  newRun(limited),
];
const added = await verb("add", () => ledger.runs.add(wanted, nowMs));
added.forEach((reply, index) => reply.ok && acknowledge(wanted[index]?.taskKey ?? 0, [reply.runKey]));
await turn();
const [single] = await verb("add one", () => ledger.runs.add([newRun(plain)], nowMs));
if (single?.ok) acknowledge(plain, [single.runKey]);
await turn();

// One run for a key: made, then given newer params while it waits.
for (const [name, params] of [
  ["add keyed", "1"],
  ["replace keyed", "2"],
] as const) {
  const single = { kind: "dedup", key: "k", onConflict: "replace-pending" } as const;
  const keyed = { ...newRun(plain, nowMs + 400), single, params };
  const [reply] = await verb(name, () => ledger.runs.add([keyed], nowMs));
  if (reply?.ok) acknowledge(plain, [reply.runKey]);
  await turn();
}

// A backfill in two pieces, of which the first is tried again by somebody who does not know that it is there.
const fromMs = baseMs - 10_000;
const backfill = await verb("backfill", () =>
  ledger.backfills.create(
    {
      taskKey: plain,
      revision: 1,
      anchorMs: fromMs,
      fromMs,
      toMs: fromMs + 3000,
      planned: 3,
      overlap: "allow",
      priority: 1,
      actor: "fault test",
    },
    nowMs,
  ),
);
for (const [name, cursorMs, instantsMs] of [
  ["fill in", fromMs - 1, [fromMs, fromMs + 1000]],
  ["fill in again", fromMs - 1, [fromMs, fromMs + 1000]],
  ["fill in the rest", fromMs + 1000, [fromMs + 2000]],
] as const) {
  const isLast = instantsMs.length === 1;
  const step = {
    key: backfill?.key ?? 0,
    cursorMs,
    throughMs: instantsMs.at(-1) ?? cursorMs,
    instantsMs,
    isLast,
  };
  await verb(name, () => ledger.backfills.advance(step, nowMs));
}

// Claiming.
const { runs: taken } = await verb("claim", () =>
  ledger.runs.claim({ workerKey: first, queue: "default", types: ["work"], limit: 4 }, nowMs),
);
begin(taken);
const [done, failing, late, cancelling] = taken;
if (!done || !failing || !late || !cancelling)
  throw new Error(`four runs were to be claimed, not ${taken.length}`);

// What a claim keeps while it works.
write({ e: "step", run: text(late.key), name: "one", pid });
if (await verb("step", () => ledger.runs.saveStep(late.key, late.claim, { name: "one", result: 1 }, nowMs)))
  write({ e: "kept", run: text(late.key), name: "one", pid });
await verb("append", () =>
  ledger.runs.append(
    [
      {
        runKey: late.key,
        claim: late.claim,
        progress: 1,
        logs: [{ atMs: nowMs, level: "info", message: "at work" }],
        output: [1],
      },
    ],
    nowMs,
  ),
);

/** Ends claims, and tells what was accepted. */
async function settle(
  name: string,
  ends: readonly (readonly [ClaimedRun, "completed" | "failed" | "retry"])[],
): Promise<void> {
  const settlements = ends.map(([{ key, claim, version }, kind]): Settlement => {
    const head = { runKey: key, claim, version, endedAtMs: nowMs + 10 };
    const error = { code: "EXECUTION_FAILED", message: "failed on demand", retryable: true };
    if (kind === "failed") return { ...head, kind: "end", status: kind, result: JSON.stringify({ error }) };
    return kind === "completed"
      ? { ...head, kind: "end", status: "completed" }
      : { ...head, kind: "retry", dueAtMs: nowMs + 60, error };
  });
  const replies = await verb(name, () => ledger.runs.settle(settlements, nowMs));
  ends.forEach(([{ key, claim }, kind], index) => {
    if (!replies[index]?.ok) return;
    write({ e: "settled", run: text(key), claim });
    if (kind !== "retry") write({ e: "told", run: text(key), status: kind });
  });
  await turn();
}

const codeEnds = (run: ClaimedRun, how: "ok" | "fail" | "aborted"): void =>
  write({ e: "end", at: nowMs, run: text(run.key), pid, how });

codeEnds(done, "ok");
codeEnds(failing, "fail");
await settle("settle", [
  [done, "completed"],
  [failing, "retry"],
]);

// A cancel of a run that waits, and of one at work; neither may be given away again.
const pending = added.flatMap((reply, index) => (reply.ok && index === 4 ? [reply.runKey] : []));
for (const [name, key] of [
  ["cancel waiting", pending[0] ?? 0],
  ["cancel running", cancelling.key],
] as const) {
  const request = { cause: "user", actor: "fault test", requestedAtMs: nowMs + 10, graceMs: 1000 } as const;
  write({ e: "call", op: "cancel-run", at: nowMs, run: text(key) });
  const [answer] = await verb(name, () => ledger.runs.cancel({ runKeys: [key] }, request, nowMs));
  if (answer?.ok) write({ e: "ack", op: "cancel-run", at: nowMs, run: text(key) });
  await turn();
}

// A zombie: the first worker is believed dead, its runs are given to a second, and then it reports after all.
codeEnds(late, "aborted");
codeEnds(cancelling, "aborted");
const second = await verb("register again", () =>
  ledger.workers.register({ ...worker, name: "second" }, nowMs),
);
await verb("recover", () => ledger.workers.recover({ judgedMs: nowMs, exceptWorker: second }, nowMs));
const { runs: again } = await verb("claim again", () =>
  ledger.runs.claim({ workerKey: second, queue: "default", types: ["work"], limit: 100 }, nowMs),
);
begin(again);
await settle("settle stale", [[late, "completed"]]);

// A paused task starts nothing, whoever asks.
const [more] = await verb("add before pause", () => ledger.runs.add([newRun(plain)], nowMs));
if (more?.ok) acknowledge(plain, [more.runKey]);
for (const [name, key] of [
  ["pause", plain],
  ["pause grid", grid],
] as const) {
  write({ e: "call", op: "pause", at: nowMs, task: text(key) });
  const reply = await verb(name, () => ledger.tasks.pause(key, { actor: "fault test" }, nowMs));
  if (reply.ok) write({ e: "ack", op: "pause", at: nowMs, task: text(key) });
}
const { runs: none } = await verb("claim paused", () =>
  ledger.runs.claim({ workerKey: second, queue: "default", types: ["work"], limit: 100 }, nowMs),
);
begin(none);
nowMs = baseMs + 3100;
const next = {
  ...firing,
  decidedFromMs: baseMs + 2000,
  decidedThroughMs: baseMs + 3000,
  nextFireAtMs: baseMs + 4000,
  occurrences: [{ scheduledForMs: baseMs + 3000, dueAtMs: baseMs + 3000, decision: "started" }],
} as const;
const [whilePaused] = await verb("fire paused", () => ledger.tasks.fire([next], nowMs));
if (whilePaused?.ok) acknowledge(grid, whilePaused.started);
write({ e: "call", op: "resume", at: nowMs, task: text(plain) });
const resumed = await verb("resume", () => ledger.tasks.resume(plain, undefined, nowMs));
if (resumed.ok) write({ e: "ack", op: "resume", at: nowMs, task: text(plain) });

// What came due, and the second worker's ends; what it still holds is left to whoever opens the file next.
nowMs = baseMs + 3500;
await verb("release", () => ledger.runs.releaseDue(nowMs, 100));
const [own, broken, ...rest] = again;
if (own && broken) {
  codeEnds(own, "ok");
  codeEnds(broken, "fail");
  await settle("settle second", [
    [own, "completed"],
    [broken, "failed"],
  ]);
}
for (const run of rest) codeEnds(run, "aborted");
write({ e: "call", op: "cancel-task", at: nowMs, task: text(limited) });
const ended = await verb("cancel task", () => ledger.tasks.cancel(limited, nowMs));
if (ended.ok)
  await verb("cancel its runs", () =>
    ledger.runs.cancel(
      { taskKey: limited },
      { cause: "user", actor: "fault test", requestedAtMs: nowMs, graceMs: 0 },
      nowMs,
    ),
  );
console.log(`points ${JSON.stringify([...passed])}`);
process.kill(pid, "SIGKILL");
