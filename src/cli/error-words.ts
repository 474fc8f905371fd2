// Every error as the command line says it to a person: a heading in Chinese (in English the message is enough), and
// what to do in both languages. The error catalogue speaks of the API; this speaks of commands and flags.

import { errorCatalogue, type ErrorCode } from "../domain/errors.ts";
import type { Words } from "./language.ts";

interface SpokenError {
  /** What the code means; the message after it stays in English, as programs and logs have it. */
  readonly heading: Words;
  readonly remedy: Words;
}

interface Entry {
  readonly zh: string;
  readonly remedy: Words;
}

/** Exhaustive: a new error code does not compile until it can be said. */
const entries: Readonly<Record<ErrorCode, Entry>> = {
  VALIDATION_FAILED: {
    zh: "输入不符合要求",
    remedy: { en: "see --help of the command", zh: "查看该命令的 --help" },
  },
  INVALID_PARAMETERS: {
    zh: "参数不符合执行器的要求",
    remedy: {
      en: "see what the executor takes: rota executors get <type>",
      zh: "查看执行器接受的参数：rota executors get <类型>",
    },
  },
  EXECUTOR_NOT_FOUND: {
    zh: "没有这种类型的执行器",
    remedy: {
      en: "see what there is: rota executors list; name your own with --executors at rota serve",
      zh: "查看现有执行器：rota executors list；自己的执行器在 rota serve 时用 --executors 指定",
    },
  },
  INVALID_TRIGGER: {
    zh: "触发器无法理解或永远不会触发",
    remedy: { en: "try it out: rota preview", zh: "先试一试：rota preview" },
  },
  IN_THE_PAST: {
    zh: "时间已经过去",
    remedy: {
      en: "give a future instant, or the trigger `immediate`",
      zh: "给出将来的时刻，或使用触发器 `immediate`",
    },
  },
  NOT_FOUND: {
    zh: "未找到，或不属于你",
    remedy: { en: "check the id, or list what there is", zh: "检查编号，或列出现有内容" },
  },
  METHOD_NOT_ALLOWED: {
    zh: "该路径不支持这种方法",
    remedy: {
      en: "see that --server leads to Rota, and that both have the same version",
      zh: "确认 --server 指向 Rota，且两边版本相同",
    },
  },
  ALREADY_EXISTS: {
    zh: "名称、外部编号或去重键已被占用",
    remedy: {
      en: "use the existing one, or another externalId or key",
      zh: "使用已有的那个，或换一个外部编号或键",
    },
  },
  ILLEGAL_TRANSITION: {
    zh: "当前状态下不能这样做",
    remedy: { en: "look at its status, and decide anew", zh: "查看其状态后再决定" },
  },
  OVERLAP: {
    zh: "该任务已有未结束的运行",
    remedy: {
      en: "wait for the live run, cancel it, or add --overlap allow",
      zh: "等待该运行结束、取消它，或加上 --overlap allow",
    },
  },
  TASK_PAUSED: {
    zh: "任务已暂停",
    remedy: { en: "resume the task, or add --force", zh: "恢复任务，或加上 --force" },
  },
  NOT_PAUSABLE: {
    zh: "正在执行的代码无法暂停",
    remedy: {
      en: "wait for its end, or cancel it; code can be paused at ctx.checkpoint() or in a process of its own",
      zh: "等它结束或取消它；代码可在 ctx.checkpoint() 处或在独立进程中暂停",
    },
  },
  NOTHING_LEFT_TO_RUN: {
    zh: "一次性任务的时间在暂停期间已过",
    remedy: { en: "add --from paused-at, or trigger it now", zh: "加上 --from paused-at，或立即触发" },
  },
  DEPENDENCY_NOT_FOUND: {
    zh: "所依赖的任务不存在，或不属于你",
    remedy: {
      en: "correct the ids of --depends-on: rota tasks list",
      zh: "更正 --depends-on 的编号：rota tasks list",
    },
  },
  DEPENDENCY_CYCLE: {
    zh: "任务之间互相等待",
    remedy: { en: "remove one of the dependencies that the message names", zh: "去掉所列依赖中的一个" },
  },
  REVISION_MISMATCH: {
    zh: "任务在你读取之后已被修改",
    remedy: { en: "read the task again and repeat the edit", zh: "重新读取任务，再次修改" },
  },
  PAYLOAD_TOO_LARGE: {
    zh: "内容超过大小限制",
    remedy: {
      en: "see rota limits; keep the large thing elsewhere and pass a reference",
      zh: "查看 rota limits；把大内容放在别处，只传引用",
    },
  },
  FORBIDDEN: {
    zh: "不允许这样做",
    remedy: {
      en: "call the server by the URL it printed; allow programs with --allow-commands at rota serve",
      zh: "用服务启动时显示的地址访问；程序在 rota serve 时用 --allow-commands 允许",
    },
  },
  UNAUTHENTICATED: { zh: "缺少有效凭据", remedy: { en: "set ROTA_API_KEY", zh: "设置 ROTA_API_KEY" } },
  UNSUPPORTED_MEDIA_TYPE: {
    zh: "请求内容不是 JSON",
    remedy: {
      en: "see that --server leads to Rota, and that both have the same version",
      zh: "确认 --server 指向 Rota，且两边版本相同",
    },
  },
  ADDRESS_REFUSED: {
    zh: "该地址不允许访问",
    remedy: {
      en: "use a public address, or list the host in --outbound-allow at rota serve",
      zh: "使用公网地址，或在 rota serve 时用 --outbound-allow 列出该主机",
    },
  },
  TIMEOUT: {
    zh: "一次尝试超过了超时时间",
    remedy: { en: "raise --timeout, or make the work shorter", zh: "调大 --timeout，或缩短工作" },
  },
  DEADLINE: {
    zh: "运行超过了总时限",
    remedy: {
      en: "raise --deadline, or see what held the run: rota explain <run>",
      zh: "调大 --deadline，或查看是什么耽误了它：rota explain <运行>",
    },
  },
  EXPIRED: {
    zh: "运行在开始之前已过期",
    remedy: {
      en: "see that a server runs, or raise --expire-after",
      zh: "确认服务正在运行，或调大 --expire-after",
    },
  },
  CANCELLED: {
    zh: "运行已被取消",
    remedy: {
      en: "retry it if it should be done after all: rota runs retry <run>",
      zh: "如仍需执行，请重跑：rota runs retry <运行>",
    },
  },
  EXECUTION_FAILED: {
    zh: "执行器失败",
    remedy: { en: "read what it logged: rota runs logs <run>", zh: "查看日志：rota runs logs <运行>" },
  },
  NON_RETRYABLE: {
    zh: "执行器失败，且重试无用",
    remedy: {
      en: "mend the cause, then rota runs retry <run>",
      zh: "排除原因后再重跑：rota runs retry <运行>",
    },
  },
  RESULT_TOO_LARGE: {
    zh: "结果超过大小限制",
    remedy: { en: "keep it elsewhere and return a reference", zh: "把结果存到别处，只返回引用" },
  },
  RESULT_NOT_SERIALIZABLE: {
    zh: "结果不能写成 JSON",
    remedy: { en: "return plain JSON data", zh: "返回普通的 JSON 数据" },
  },
  WORKER_LOST: {
    zh: "执行它的进程多次中断",
    remedy: {
      en: "look for what ends the process, then rota runs retry <run>",
      zh: "查明进程为何中断，再重跑：rota runs retry <运行>",
    },
  },
  OUTCOME_UNKNOWN: {
    zh: "执行中断，结果未知",
    remedy: {
      en: "find out whether it was done, then rota runs retry <run> if it was not",
      zh: "查明是否已完成；若未完成再重跑：rota runs retry <运行>",
    },
  },
  DEPENDENCY_FAILED: {
    zh: "所依赖的运行没有完成",
    remedy: { en: "retry the dependency, then this run", zh: "先重跑所依赖的运行，再重跑本运行" },
  },
  SECRET_NOT_FOUND: {
    zh: "工作进程不知道参数所引用的密文",
    remedy: {
      en: "set ROTA_SECRET_<name> where rota serve runs, then rota runs retry <run>",
      zh: "在运行 rota serve 的环境中设置 ROTA_SECRET_<名称>，再重跑：rota runs retry <运行>",
    },
  },
  LEDGER_UNAVAILABLE: {
    zh: "服务或数据库无法访问",
    remedy: {
      en: "see that the server runs (rota serve), then repeat",
      zh: "确认服务正在运行（rota serve），然后重试",
    },
  },
  LEDGER_INACCESSIBLE: {
    zh: "这个位置不能存放数据库",
    remedy: {
      en: "do what the message says, or name another place with --database",
      zh: "按提示处理，或用 --database 指定别处",
    },
  },
  LEDGER_FULL: {
    zh: "磁盘已满，未做任何更改",
    remedy: { en: "free space, then repeat", zh: "释放空间后重试" },
  },
  LEDGER_CORRUPT: {
    zh: "数据库文件损坏或不完整",
    remedy: {
      en: "restore a copy: of the closed file, or of the file and its -wal taken together",
      zh: "恢复副本：关闭后的文件，或同时取得的文件与其 -wal",
    },
  },
  LEDGER_TOO_NEW: {
    zh: "数据库由更新版本的 Rota 写入",
    remedy: { en: "upgrade this installation", zh: "升级本机的 Rota" },
  },
  LEDGER_LOCKED: {
    zh: "数据库被另一个进程占用",
    remedy: {
      en: "use the process that owns the database, or stop it first",
      zh: "使用占用数据库的进程，或先停止它",
    },
  },
  RATE_LIMITED: {
    zh: "请求过于频繁",
    remedy: { en: "repeat in a minute", zh: "一分钟后重试" },
  },
  IDEMPOTENCY_KEY_REUSED: {
    zh: "这个 Idempotency-Key 已用于另一个请求",
    remedy: { en: "use a new key for a new request", zh: "新的请求请使用新的 Idempotency-Key" },
  },
  OVERLOADED: { zh: "目前请求过多，未做任何更改", remedy: { en: "repeat in a moment", zh: "稍后重试" } },
  CLOSED: {
    zh: "Rota 已经停止",
    remedy: { en: "start the server again: rota serve", zh: "重新启动服务：rota serve" },
  },
  NOT_STARTED: {
    zh: "这个 Rota 没有启动，不会执行运行",
    remedy: { en: "call start() first", zh: "请先调用 start()" },
  },
  CONFIG_INVALID: {
    zh: "配置有误",
    remedy: {
      en: "correct the named setting; rota config print shows all of them",
      zh: "更正所指的设置；rota config print 显示全部设置",
    },
  },
  INTERNAL: {
    zh: "Rota 内部错误",
    remedy: {
      en: "report it, with what ROTA_LOG_LEVEL=debug shows",
      zh: "请报告此问题，并附上 ROTA_LOG_LEVEL=debug 的输出",
    },
  },
};

export function spokenError(code: ErrorCode): SpokenError {
  const { zh, remedy } = entries[code];
  return { heading: { en: errorCatalogue[code].meaning, zh }, remedy };
}
