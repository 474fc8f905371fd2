// A run as the store works with it: its birth row, and the state row of the phase it is in.

import type { Key } from "../../domain/ids.ts";
import {
  localActor,
  startKinds,
  type CancelRequest,
  type StartedBy,
  type StartKind,
} from "../../domain/run.ts";
import type { LiveStatus, RunStatus } from "../../domain/run-state.ts";
import type { PausedBy } from "../../domain/task.ts";
import type { Json } from "../../domain/json.ts";
import type { Question } from "../../domain/outcome.ts";

/** Which of the four state tables a run lies in. */
export type Phase = "ready" | "held" | "claimed" | "ended";

/** Bits of the column `flags`, so that the straight path need not look for rare things that are not there. */
export const flag = {
  /** The next claim begins a new attempt. */
  fresh: 1,
  /** There is a row in `memos`. */
  memo: 2,
  /** Stands in the line of its task's overlap policy. */
  inLine: 4,
  /** Runs although its task is paused. */
  forced: 8,
  /** Has an expiry or a deadline. */
  timed: 16,
  /** Was born blocked: there may be rows in `dependencies`. */
  waits: 32,
  /** Was made from another run, which must stay while this one lives. */
  refers: 64,
  /** Holds a key of its task until it has ended: there may be a row in `dedup_keys`. */
  keyed: 128,
  /** Belongs to a backfill, which counts it. */
  backfilled: 256,
} as const;

export const timerKind = { due: 1, expire: 2, deadline: 3, answer: 4, resume: 5 } as const;

/** Mutable: the one place a change is prepared before it is written. Fields of other phases are null. */
export interface RunRow {
  readonly key: Key;
  readonly taskKey: Key;
  readonly revision: number;
  readonly laneId: number;
  readonly place: number;
  readonly dueAtMs: number;
  readonly scheduledForMs: number | null;
  readonly origin: number;
  /** JSON of {@link Extra}. */
  readonly extra: string | null;

  phase: Phase;
  status: RunStatus;
  claim: number;
  attempt: number;
  recoveries: number;
  interruptions: number;
  version: number;
  flags: number;
  startedAtMs: number | null;

  // claimed
  workerKey: Key | null;
  claimedAtMs: number;
  /** JSON of a `CancelRequest`. */
  cancel: string | null;
  /** JSON of the `PausedBy` somebody wished, or which holds while `paused`. */
  pauseWanted: string | null;
  /** Command that made the claim; see `beat`. */
  claimedBy: number;
  /** Somebody resumed it since its worker last paused it. */
  isResumed: boolean;

  // held
  waitUntilMs: number | null;
  answerByMs: number | null;
  resumeAtMs: number | null;
  parkedOn: string | null;
  pausedFrom: LiveStatus | null;
  pausedBy: string | null;
  /** JSON of {@link Clocks}. */
  clocks: string | null;
  /** JSON of {@link Wait}. */
  wait: string | null;
}

/** Rare things a run was born with; absent fields take the definition's value. */
export interface Extra {
  readonly priority?: number;
  readonly concurrencyKey?: string;
  readonly expireAtMs?: number;
  readonly deadlineAtMs?: number;
  readonly actor?: string;
  readonly startId?: string;
  readonly retryOf?: Key;
  readonly backfill?: Key;
}

/** Milliseconds left on each relative clock of a paused run (SEM 12). */
export interface Clocks {
  readonly timeoutMs?: number;
  readonly waitMs?: number;
  readonly answerMs?: number;
  readonly expireMs?: number;
}

/** What a waiting run waits for, and what it wants back. */
export interface Wait {
  readonly state: Json;
  readonly question?: Question;
  readonly signal?: string;
  /** The time it waits for is an instant, which a pause does not move. */
  readonly isInstant?: boolean;
}

/** Rare things of a live run that change. */
export interface Memo {
  /** JSON of a `Resumed`. */
  readonly resumed?: string;
  readonly signals?: readonly { readonly name: string; readonly payload: Json }[];
  readonly maxAttempts?: number;
  readonly expireAtMs?: number;
}

/** Reads JSON of a shape the ledger itself wrote into a column. */
export function parseExtra(extra: string | null): Extra {
  return extra === null ? {} : (JSON.parse(extra) as Extra); // written by `birth.ts` only
}

export function parseWait(wait: string | null): Wait {
  return wait === null ? { state: null } : (JSON.parse(wait) as Wait); // written by `settle-rarely.ts` only
}

export function parseClocks(clocks: string | null): Clocks {
  return clocks === null ? {} : (JSON.parse(clocks) as Clocks); // written by `pause.ts` only
}

export function parsePausedBy(pausedBy: string): PausedBy {
  return JSON.parse(pausedBy) as PausedBy; // written from a `PausedBy` only
}

export function parseCancel(cancel: string): CancelRequest {
  return JSON.parse(cancel) as CancelRequest; // written from a `CancelRequest` only
}

/** How a run began, as the number in the column `origin`. */
function originOf(kind: StartKind): number {
  return startKinds.indexOf(kind);
}

export function startedByOf(origin: number, extra: Extra): StartedBy {
  const kind = startKinds[origin] ?? "trigger";
  // Not stored where it is the local one: most triggers are, and a run without rare things is a smaller row.
  const actor = extra.actor ?? (kind === "trigger" || kind === "retry" ? localActor : undefined);
  return {
    kind,
    ...(actor === undefined ? {} : { actor }),
    ...(extra.startId === undefined ? {} : { id: extra.startId }),
  };
}

export const scheduleOrigin = originOf("schedule");

/** A run that was just born: pending, in nobody's hands, in no table yet. */
export function newRow(
  birth: Pick<
    RunRow,
    "key" | "taskKey" | "revision" | "laneId" | "place" | "dueAtMs" | "scheduledForMs" | "origin" | "extra"
  >,
): RunRow {
  return {
    ...birth,
    phase: "ready",
    status: "pending",
    claim: 0,
    attempt: 0,
    recoveries: 0,
    interruptions: 0,
    version: 0,
    flags: flag.fresh,
    startedAtMs: null,
    workerKey: null,
    claimedAtMs: 0,
    cancel: null,
    pauseWanted: null,
    claimedBy: 0,
    isResumed: false,
    waitUntilMs: null,
    answerByMs: null,
    resumeAtMs: null,
    parkedOn: null,
    pausedFrom: null,
    pausedBy: null,
    clocks: null,
    wait: null,
  };
}
