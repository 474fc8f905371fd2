// How the process ends: few codes, so that scripts can tell what to do next. The one table of them.

import type { ErrorCode } from "../domain/errors.ts";
import { terminalStatuses, type TerminalStatus } from "../domain/run-state.ts";
import type { Language, Words } from "./language.ts";

/** What each exit code means; the help texts and the reference page are made from it. */
export const exitCodes = {
  0: { en: "done", zh: "完成" },
  1: { en: "Rota or its database failed", zh: "Rota 或其数据库出错" },
  2: { en: "wrong usage, or an input that was refused", zh: "用法错误，或输入被拒绝" },
  3: { en: "not found", zh: "未找到" },
  4: { en: "in conflict with the present state", zh: "与当前状态冲突" },
  5: { en: "unreachable or unavailable now; repeat later", zh: "目前无法访问或不可用；请稍后重试" },
  6: { en: "not allowed", zh: "不允许" },
  7: { en: "the run that was waited for failed", zh: "所等待的运行失败" },
  8: { en: "the run that was waited for was cancelled", zh: "所等待的运行被取消" },
  9: { en: "the run that was waited for timed out or expired", zh: "所等待的运行超时或过期" },
  10: { en: "the run that was waited for was skipped", zh: "所等待的运行被跳过" },
  11: { en: "the run that was waited for has not ended yet", zh: "所等待的运行尚未结束" },
} as const satisfies Readonly<Record<number, Words>>;
export type ExitCode = keyof typeof exitCodes;

/** Exhaustive: a new error code does not compile until it has its place here. */
export const exitCodeOf: Readonly<Record<ErrorCode, ExitCode>> = {
  VALIDATION_FAILED: 2,
  INVALID_PARAMETERS: 2,
  EXECUTOR_NOT_FOUND: 2,
  INVALID_TRIGGER: 2,
  IN_THE_PAST: 2,
  NOT_FOUND: 3,
  METHOD_NOT_ALLOWED: 2,
  ALREADY_EXISTS: 4,
  ILLEGAL_TRANSITION: 4,
  OVERLAP: 4,
  TASK_PAUSED: 4,
  NOT_PAUSABLE: 4,
  NOTHING_LEFT_TO_RUN: 4,
  DEPENDENCY_NOT_FOUND: 2,
  DEPENDENCY_CYCLE: 2,
  REVISION_MISMATCH: 4,
  IDEMPOTENCY_KEY_REUSED: 4,
  PAYLOAD_TOO_LARGE: 2,
  FORBIDDEN: 6,
  UNAUTHENTICATED: 6,
  RATE_LIMITED: 5,
  UNSUPPORTED_MEDIA_TYPE: 2,
  ADDRESS_REFUSED: 2,
  TIMEOUT: 9,
  DEADLINE: 9,
  EXPIRED: 9,
  CANCELLED: 8,
  EXECUTION_FAILED: 7,
  NON_RETRYABLE: 7,
  RESULT_TOO_LARGE: 7,
  RESULT_NOT_SERIALIZABLE: 7,
  WORKER_LOST: 7,
  OUTCOME_UNKNOWN: 7,
  DEPENDENCY_FAILED: 7,
  SECRET_NOT_FOUND: 7,
  LEDGER_UNAVAILABLE: 5,
  LEDGER_INACCESSIBLE: 1,
  LEDGER_FULL: 5,
  LEDGER_CORRUPT: 1,
  LEDGER_TOO_NEW: 1,
  LEDGER_LOCKED: 5,
  OVERLOADED: 5,
  CLOSED: 5,
  NOT_STARTED: 5,
  CONFIG_INVALID: 2,
  INTERNAL: 1,
};

const exitCodeOfEnd: Readonly<Record<TerminalStatus, ExitCode>> = {
  completed: 0,
  failed: 7,
  cancelled: 8,
  timed_out: 9,
  skipped: 10,
};

/** How a command ends that has waited for a run: by what became of it, so that `rota … && next` means what it says. */
export function exitCodeOfRun(status: unknown): ExitCode {
  const end = terminalStatuses.find((terminal) => terminal === status);
  return end === undefined ? 11 : exitCodeOfEnd[end];
}

/** The table as a help text shows it. */
export function exitCodeLines(language: Language): string {
  const lines = Object.entries(exitCodes).map(
    ([code, words]) => `  ${code.padStart(2)}  ${words[language]}\n`,
  );
  return lines.join("");
}
