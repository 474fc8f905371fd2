// Explains why a run, a task or a queue is not doing anything: the ordered causes, in English and Chinese.

import { notFound } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Run } from "../domain/run.ts";
import { isTerminal } from "../domain/run-state.ts";
import type { RunFacts } from "../ports/run-ledger.ts";
import type { EngineParts } from "./parts.ts";

export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** One cause: a stable code, a sentence, and since or until when it holds where that is known. */
export interface Cause {
  readonly code: string;
  readonly message: Words;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly details?: JsonObject;
}

/** The causes in the order in which they would have to be removed; the first is what to look at. */
export interface Explanation {
  readonly summary: Words;
  readonly causes: readonly Cause[];
}

export class Explainer {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** @throws NOT_FOUND */
  async run(key: Key): Promise<Explanation> {
    const facts = await this.#parts.ledger.runs.facts(key);
    if (!facts) throw notFound("run", this.#parts.ids.encode("run", key));
    const { run } = facts;
    if (isTerminal(run.status)) return ended(run);
    const causes = [...stateCauses(facts, this.#parts), ...queueCauses(facts, this.#parts)];
    const first = causes[0] ?? say("NEXT", "a worker will take it next", "即将由工作进程执行");
    return { summary: first.message, causes: causes.length > 0 ? causes : [first] };
  }

  /** @throws NOT_FOUND */
  async task(key: Key): Promise<Explanation> {
    const { ledger, ids, clock } = this.#parts;
    const task = await ledger.tasks.get(key);
    if (!task) throw notFound("task", ids.encode("task", key));
    const causes: Cause[] = [];
    if (task.status === "paused")
      causes.push(pausedCause("TASK_PAUSED", "the task is paused", "任务已暂停", task.pausedBy));
    if (task.status === "cancelled")
      causes.push(say("TASK_CANCELLED", "the task was cancelled for good", "任务已彻底取消"));
    if (task.status === "completed")
      causes.push(say("TASK_COMPLETED", "no instant is left", "没有剩余的触发时间"));
    const info =
      this.#parts.executors.get(task.definition.type) ??
      (await ledger.workers.executor(task.definition.type));
    if (!info) {
      const { type } = task.definition;
      causes.push(
        say(
          "EXECUTOR_NOT_FOUND",
          `no worker ever published the type ${type}`,
          `没有工作进程提供类型 ${type}`,
        ),
      );
    }
    const summary = await ledger.tasks.summary(key);
    if (summary.live > 0) {
      const { live, running } = summary;
      causes.push(
        say(
          "RUN_LIVE",
          `${live} of its runs have not ended (${running} running)`,
          `有 ${live} 个运行尚未结束（${running} 个正在运行）`,
        ),
      );
    }
    if (task.status === "active" && task.nextFireAtMs !== undefined) {
      const late = task.nextFireAtMs < clock.now() - 1000;
      causes.push({
        ...(late
          ? say("DUE", "its next instant is due and is being decided", "已到触发时间，正在处理")
          : say(
              "NOT_YET_DUE",
              `its next instant is ${iso(task.nextFireAtMs)}`,
              `下一次触发时间为 ${iso(task.nextFireAtMs)}`,
            )),
        untilMs: task.nextFireAtMs,
      });
    } else if (task.status === "active") {
      causes.push(say("MANUAL", "it fires only when it is triggered", "仅在手动触发时运行"));
    }
    const [last] = (await ledger.tasks.occurrences(key, { limit: 1 })).items;
    if (last && last.decision !== "started") {
      const why = last.reason ?? last.decision;
      // A row may stand for a stretch of instants (SEM 19).
      const lastMs = last.untilMs ?? last.scheduledForMs;
      causes.push({
        ...say(
          "LAST_OCCURRENCE",
          `its last instant ${iso(lastMs)} was ${last.decision} (${why})`,
          `上一次触发 ${iso(lastMs)}：${last.decision}（${why}）`,
        ),
        sinceMs: last.decidedAtMs,
      });
    }
    return { summary: causes[0]?.message ?? { en: "nothing holds it", zh: "没有任何阻碍" }, causes };
  }

  /** @throws NOT_FOUND */
  async queue(name: string): Promise<Explanation> {
    const queue = await this.#parts.ledger.workers.queue(name);
    if (!queue) throw notFound("queue", name);
    const workers = (await this.#parts.ledger.workers.workers(this.#parts.clock.now())).filter(
      (worker) => worker.status === "live" && (worker.queues.includes("*") || worker.queues.includes(name)),
    );
    const causes: Cause[] = [];
    if (queue.pausedBy)
      causes.push(pausedCause("QUEUE_PAUSED", "the queue is paused", "队列已暂停", queue.pausedBy));
    if (workers.length === 0)
      causes.push(say("NO_WORKER", "no live worker takes from this queue", "没有工作进程处理该队列"));
    if (queue.concurrency !== undefined && queue.running >= queue.concurrency) {
      causes.push(
        say(
          "QUEUE_LIMIT",
          `its limit of ${queue.concurrency} at once is reached`,
          `已达到并发上限 ${queue.concurrency}`,
        ),
      );
    }
    const { ready, held, running } = queue;
    causes.push(
      say(
        "COUNTS",
        `${running} running, ${ready} ready, ${held} held`,
        `运行中 ${running}，就绪 ${ready}，等待 ${held}`,
      ),
    );
    return { summary: causes[0]?.message ?? { en: "", zh: "" }, causes };
  }
}

function ended(run: Run): Explanation {
  const why = run.result?.error?.message;
  const cancelled = run.cancel
    ? ` (${run.cancel.cause}, ${run.cancel.actor}${run.cancel.reason ? `: ${run.cancel.reason}` : ""})`
    : "";
  const message = {
    en: `it has ended: ${run.status}${why ? `: ${why}` : cancelled}`,
    zh: `已结束：${run.status}${why ? `：${why}` : cancelled}`,
  };
  const code = run.result?.error?.code ?? "ENDED";
  return {
    summary: message,
    causes: [{ code, message, ...(run.finishedAtMs === undefined ? {} : { sinceMs: run.finishedAtMs }) }],
  };
}

function stateCauses({ run, lastAttempt, suspectAtWork }: RunFacts, parts: EngineParts): Cause[] {
  const causes: Cause[] = [];
  if (run.status === "running" || run.status === "cancelling") {
    const by = run.workerId ?? "a worker";
    causes.push(
      run.status === "running"
        ? say(
            "RUNNING",
            `it is running at ${by}, attempt ${run.attempt} of ${run.maxAttempts}`,
            `正在 ${by} 上运行，第 ${run.attempt}/${run.maxAttempts} 次尝试`,
          )
        : say("CANCELLING", "it was asked to stop and is given its grace", "已请求取消，等待其停止"),
    );
  }
  if (run.status === "paused")
    causes.push(pausedCause("RUN_PAUSED", "the run is paused", "运行已暂停", run.pausedBy));
  if (run.status === "retrying") {
    const message = lastAttempt?.error?.message;
    const [why, whyZh] = message === undefined ? ["", ""] : [` (${message})`, `（${message}）`];
    const [how, howZh] = lastAttempt?.endedBy === "timed_out" ? ["timed out", "超时"] : ["failed", "失败"];
    causes.push(
      until(
        "RETRYING",
        `attempt ${run.attempt} ${how}${why}; it is tried again`,
        `第 ${run.attempt} 次尝试${howZh}${whyZh}，等待重试`,
        run.resumeAtMs,
      ),
    );
  }
  if (run.status === "waiting") {
    causes.push(
      run.question
        ? until(
            "WAITING_FOR_ANSWER",
            `it asks: ${run.question.prompt}`,
            `等待回答：${run.question.prompt}`,
            run.resumeAtMs,
          )
        : until("WAITING", "it waits for a time or a signal", "等待时间或信号", run.resumeAtMs),
    );
  }
  if (run.status === "pending" && run.resumeAtMs !== undefined && run.resumeAtMs > parts.clock.now()) {
    causes.push(
      until(
        "NOT_YET_DUE",
        `it is due ${iso(run.resumeAtMs)}`,
        `将于 ${iso(run.resumeAtMs)} 开始`,
        run.resumeAtMs,
      ),
    );
  }
  if (suspectAtWork !== undefined) causes.push(suspectCause(parts.ids.encode("run", suspectAtWork)));
  else if (run.heldBy !== undefined) causes.push(heldCause(run.heldBy));
  return causes;
}

/** Why a pending run is held off its queue; the words for the ledger's `heldBy`. */
function heldCause(heldBy: string): Cause {
  const [kind = heldBy] = heldBy.split(":");
  const words: Readonly<Record<string, Words>> = {
    "task-paused": { en: "its task is paused", zh: "所属任务已暂停" },
    type: { en: "no live worker has its type", zh: "没有工作进程支持该类型" },
    "task-limit": { en: "as many runs of its task as allowed are running", zh: "任务并发已达上限" },
    "key-limit": { en: "as many runs of its key as allowed are running", zh: "同一键的并发已达上限" },
    overlap: { en: "it waits for the run before it to end", zh: "等待前一个运行结束" },
    suspect: {
      en: "its process died twice while it was at work, and such runs go one at a time",
      zh: "其所在进程已两次崩溃，此类运行逐个执行",
    },
  };
  return {
    code: `HELD_${kind.toUpperCase().replaceAll("-", "_")}`,
    message: words[kind] ?? { en: heldBy, zh: heldBy },
    details: { heldBy },
  };
}

/** Why a suspect that could start does not, while another one is at work. */
function suspectCause(atWork: string): Cause {
  const { code, message, details } = heldCause("suspect");
  return {
    code,
    message: {
      en: `${message.en}; ${atWork} is at work now`,
      zh: `${message.zh}；当前正在执行 ${atWork}`,
    },
    details: { ...details, runId: atWork },
  };
}

function queueCauses(facts: RunFacts, parts: EngineParts): Cause[] {
  const { run } = facts;
  const causes: Cause[] = [];
  for (const dependency of facts.blockedBy) {
    const taskId = parts.ids.encode("task", dependency.taskKey);
    const state = dependency.status ?? "not started";
    causes.push(
      say("BLOCKED", `it waits for task ${taskId}, whose run is ${state}`, `等待任务 ${taskId}（${state}）`),
    );
  }
  if (run.status !== "pending") return causes;
  if (facts.taskStatus === "paused") causes.push(say("TASK_PAUSED", "its task is paused", "所属任务已暂停"));
  if (facts.queuePaused)
    causes.push(say("QUEUE_PAUSED", `its queue ${run.queue} is paused`, `队列 ${run.queue} 已暂停`));
  if (facts.workers === 0)
    causes.push(
      say("NO_WORKER", `no live worker takes from queue ${run.queue}`, `没有工作进程处理队列 ${run.queue}`),
    );
  else if (facts.workersWithType === 0) {
    causes.push(
      say(
        "NO_WORKER_WITH_TYPE",
        `no live worker of queue ${run.queue} has the type ${run.type}`,
        `队列 ${run.queue} 中没有支持类型 ${run.type} 的工作进程`,
      ),
    );
  }
  if (facts.queueLimit !== undefined && facts.queueRunning >= facts.queueLimit) {
    causes.push(
      say(
        "QUEUE_LIMIT",
        `the limit of ${facts.queueLimit} at once of queue ${run.queue} is reached`,
        `队列 ${run.queue} 已达到并发上限 ${facts.queueLimit}`,
      ),
    );
  }
  const { all, claimed, abandoned } = facts.slots;
  if (facts.workersWithType > 0 && claimed + abandoned >= all) {
    const [lost, lostZh] =
      abandoned === 0
        ? ["", ""]
        : [
            `, ${abandoned} of them by code that was given up and has not returned`,
            `，其中 ${abandoned} 个被已放弃但尚未返回的代码占用`,
          ];
    causes.push(
      say(
        "NO_FREE_SLOT",
        `all ${all} slots of its workers are taken${lost}`,
        `工作进程的 ${all} 个执行位均被占用${lostZh}`,
      ),
    );
  }
  if (facts.ahead > 0)
    causes.push(
      say(
        "BEHIND",
        `${facts.ahead} runs are ahead of it in queue ${run.queue}`,
        `队列 ${run.queue} 中前面还有 ${facts.ahead} 个运行`,
      ),
    );
  return causes;
}

function pausedCause(
  code: string,
  en: string,
  zh: string,
  by?: { readonly actor: string; readonly reason?: string; readonly resumeAtMs?: number },
): Cause {
  if (!by) return say(code, en, zh);
  const why = by.reason ? `: ${by.reason}` : "";
  return until(code, `${en} (by ${by.actor}${why})`, `${zh}（${by.actor}${why}）`, by.resumeAtMs);
}

function say(code: string, en: string, zh: string): Cause {
  return { code, message: { en, zh } };
}

function until(code: string, en: string, zh: string, untilMs: number | undefined): Cause {
  if (untilMs === undefined) return say(code, en, zh);
  return {
    code,
    message: { en: `${en}, until ${iso(untilMs)}`, zh: `${zh}，直到 ${iso(untilMs)}` },
    untilMs,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
