// The table of all verbs: what the ports' side may ask of the store.

import { listAudit, recordAudit } from "./access-verbs/audit.ts";
import { recallCall, rememberCall } from "./access-verbs/calls.ts";
import {
  createKey,
  findKey,
  getKey,
  hasUsableKey,
  listKeys,
  noteKeyUse,
  revokeKey,
} from "./access-verbs/keys.ts";
import { closeSession, findSession, openSession } from "./access-verbs/sessions.ts";
import { check } from "./maintenance/check.ts";
import { info } from "./maintenance/info.ts";
import { sweep } from "./maintenance/sweep.ts";
import { attempts, logs, output } from "./reading/attempts.ts";
import { counts } from "./reading/counts.ts";
import { getError, listErrors, markError, waitingErrors } from "./reading/errors.ts";
import { facts } from "./reading/facts.ts";
import { feedHead, readFeed } from "./reading/feed.ts";
import { history } from "./reading/history.ts";
import { listRuns } from "./reading/list-runs.ts";
import { taskCounts } from "./reading/task-counts.ts";
import { readRun } from "./reading/read-run.ts";
import { add, addTogether } from "./run-verbs/add.ts";
import { answer } from "./run-verbs/answer.ts";
import { append, saveStep, steps } from "./run-verbs/append.ts";
import { cancel } from "./run-verbs/cancel.ts";
import { claim } from "./run-verbs/claim.ts";
import { confirmPause, pause, resume } from "./run-verbs/pause.ts";
import { releaseDue } from "./run-verbs/release-due.ts";
import { settle } from "./run-verbs/settle.ts";
import type { Tx } from "./state/tx.ts";
import {
  advanceBackfill,
  cancelBackfill,
  createBackfill,
  getBackfill,
  listBackfills,
  unfinishedBackfills,
} from "./task-verbs/backfill.ts";
import { cancelTask, pauseTask, removeTask, resumeTask } from "./task-verbs/change.ts";
import { createTasks } from "./task-verbs/create.ts";
import { createTogether } from "./task-verbs/create-together.ts";
import { editTask } from "./task-verbs/edit.ts";
import { fire } from "./task-verbs/fire.ts";
import { listTasks } from "./task-verbs/list.ts";
import {
  definitionAt,
  dueTasks,
  dueToResume,
  findTask,
  getTask,
  nextFireAt,
  occurrences,
  revisions,
  strandedFixedDelay,
  taskSummary,
} from "./task-verbs/read.ts";
import { beat } from "./worker-verbs/beat.ts";
import { executor, executors, workers } from "./worker-verbs/list.ts";
import { configureQueue, pauseQueue, queue, queues, resumeQueue, takeRole } from "./worker-verbs/queues.ts";
import { leave, recover, registerWorker } from "./worker-verbs/register.ts";

type Verb = (tx: Tx, ...args: never[]) => unknown;

/** Verbs that write; each is applied whole or not at all. */
export const writes = {
  add,
  addTogether,
  claim,
  settle,
  append,
  saveStep,
  cancel,
  pause,
  confirmPause,
  resume,
  answer,
  releaseDue,
  createTasks,
  createTogether,
  editTask,
  pauseTask,
  resumeTask,
  cancelTask,
  removeTask,
  fire,
  registerWorker,
  beat,
  leave,
  recover,
  configureQueue,
  pauseQueue,
  resumeQueue,
  takeRole,
  markError,
  createBackfill,
  advanceBackfill,
  cancelBackfill,
  createKey,
  revokeKey,
  noteKeyUse,
  openSession,
  closeSession,
  recordAudit,
  rememberCall,
  sweep,
  // These look, and what they find decides what is written: a call that comes again must find it again (SEM 29).
  findTask,
  waitingErrors,
} as const satisfies Record<string, Verb>;

/** Verbs that only read: a batch of nothing else opens no write transaction. */
export const reads = {
  steps,
  readRun,
  listRuns,
  counts,
  facts,
  history,
  attempts,
  logs,
  output,
  getTask,
  definitionAt,
  revisions,
  taskSummary,
  listTasks,
  taskCounts,
  dueTasks,
  nextFireAt,
  strandedFixedDelay,
  dueToResume,
  occurrences,
  workers,
  executors,
  executor,
  queues,
  queue,
  getBackfill,
  listBackfills,
  unfinishedBackfills,
  listErrors,
  getError,
  feedHead,
  readFeed,
  getKey,
  findKey,
  listKeys,
  hasUsableKey,
  findSession,
  listAudit,
  recallCall,
  check,
  info,
} as const satisfies Record<string, Verb>;

export type Verbs = typeof writes & typeof reads;
