// `command`: runs a program in any language. JSON on stdin, the result on stdout, the log on stderr, the rest on fd 3.

import { RotaError, validationFailed } from "../../domain/errors.ts";
import { describeInexact, inexactIn } from "../../domain/inexact-json.ts";
import type { Json } from "../../domain/json.ts";
import { defaultLimits, type Limits } from "../../domain/limits.ts";
import { failureResult, successResult } from "../../domain/outcome.ts";
import type { Executor, RunContext } from "../../ports/executor.ts";
import type { Processes, ProgramEnd, RunningProgram } from "../../ports/processes.ts";
import { withControls } from "../../ports/run-controls.ts";
import {
  commandParamsSchema,
  readCommandParams,
  type CommandParams,
  type CommandPermissions,
} from "./command-params.ts";
import { ControlLines } from "./control-lines.ts";

export interface CommandExecutorOptions {
  readonly processes: Processes;
  /**
   * Programs that may run: a list of names and absolute paths, compared as they are written, or `"any"`.
   *
   * @default none: every task of this type is refused with FORBIDDEN
   */
  readonly allow?: "any" | readonly string[];
  /**
   * Environment variables that tasks may set where programs are listed, besides LANG, LC_*, PARAM_* and TZ: names, or how
   * they begin (`AWS_*`). With `"any"` program goes any variable.
   *
   * @default none
   */
  readonly allowEnvironment?: readonly string[];
  /** @default the limits of `domain/limits.ts` */
  readonly limits?: Limits;
}

/** Lines of stderr told with a failure. */
const lastLines = 20;

/**
 * Makes the executor of type `command`. A program is started without a shell, in a process group of its own.
 *
 * Exit code 0 is success: stdout is the result, as JSON if it parses and can be held exactly, else as text. Any other end is a failure with the
 * code and the last lines of stderr. Abort sends SIGTERM to the group, force SIGKILL. What it leaves in its group ends
 * with it. It is tried once and not repeated after a crash of the worker, since nobody knows what it has done (SEM 10).
 *
 * @throws FORBIDDEN (as a failed run) when the program, or a variable of its environment, is not allowed
 */
export function createCommandExecutor({
  processes,
  allow,
  allowEnvironment = [],
  limits = defaultLimits,
}: CommandExecutorOptions): Executor {
  const allowed: CommandPermissions = { programs: allow, environment: allowEnvironment };
  return {
    type: "command",
    version: "1",
    description: "Runs a program: JSON on stdin, result on stdout, log on stderr.",
    isolation: "process",
    onInterrupted: "fail",
    pausable: true,
    retry: { maxAttempts: 1 },
    paramsSchema: commandParamsSchema,
    validate: (params) => {
      const read = readCommandParams(params, allowed);
      return read.ok ? { ok: true, params: params as Json } : read; // what was read came from JSON
    },
    execute: (params, context) => execute(checked(params, allowed), context, { processes, limits }),
  };
}

function checked(params: Json, allowed: CommandPermissions): CommandParams {
  const read = readCommandParams(params, allowed);
  if (read.ok) return read.params;
  const forbidden = read.issues.find((issue) => issue.code === "FORBIDDEN");
  if (forbidden) throw new RotaError("FORBIDDEN", forbidden.message);
  throw validationFailed(read.issues, "INVALID_PARAMETERS");
}

interface Means {
  readonly processes: Processes;
  readonly limits: Limits;
}

function execute(params: CommandParams, context: RunContext, { processes, limits }: Means): Promise<unknown> {
  const tail: string[] = [];
  const control = new ControlLines(context, (line) => program.tell(line));
  const program = processes.start({
    program: params.command,
    args: params.args,
    env: { ...params.env, ...facts(context) },
    ...(params.cwd === undefined ? {} : { cwd: params.cwd }),
    input: params.input === undefined ? "" : JSON.stringify(params.input),
    maxStdoutBytes: limits.resultBytes,
    maxStderrBytes: limits.logBytes,
    ...(params.timeoutMs === undefined ? {} : { timeoutMs: params.timeoutMs }),
    stderrLine: (line) => {
      if (tail.push(line) > lastLines) tail.shift();
      context.log.info(line);
    },
    controlLine: (line) => control.take(line),
  });
  const work = finish(program, context).then((end) => {
    control.end();
    return judge(params, end, { context, tail, limits });
  });
  return withControls(work, {
    kill: async () => {
      await program.signal("SIGKILL");
      await program.ended;
    },
    suspend: () => program.signal("SIGSTOP"),
    continue: () => program.signal("SIGCONT"),
  });
}

function facts(context: RunContext): Record<string, string> {
  return {
    ROTA_RUN_ID: context.runId,
    ROTA_TASK_ID: context.taskId,
    ROTA_ATTEMPT: String(context.attempt),
    ROTA_IDEMPOTENCY_KEY: context.idempotencyKey,
    ...(context.scheduledForMs === undefined
      ? {}
      : { ROTA_SCHEDULED_FOR: new Date(context.scheduledForMs).toISOString() }),
  };
}

/** Waits for the end, and passes an abort on; a stopped program would keep a signal for later, so it is woken too. */
async function finish(program: RunningProgram, { signal }: RunContext): Promise<ProgramEnd> {
  const stop = (): void => {
    void program.signal("SIGTERM");
    void program.signal("SIGCONT");
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const end = await program.ended;
  signal.removeEventListener("abort", stop);
  return end;
}

interface Circumstances {
  readonly context: RunContext;
  readonly tail: readonly string[];
  readonly limits: Limits;
}

function judge(params: CommandParams, end: ProgramEnd, { context, tail, limits }: Circumstances): unknown {
  const { command } = params;
  const details = { exitCode: end.exitCode ?? null, signal: end.signal ?? null, stderr: [...tail] };
  if (end.exitCode === 0) return resultOf(end, limits);
  // What was told to stop and did says nothing of its own.
  if (context.signal.aborted) throw context.signal.reason;
  if (end.hasTimedOut) {
    return failureResult(`${command} took longer than ${params.timeoutMs} ms`, { code: "TIMEOUT", details });
  }
  if (end.refused) {
    const isLost = end.refused.code === "SUPERVISOR_LOST";
    return failureResult(`${command} could not be run: ${end.refused.message}`, {
      retryable: isLost,
      details: { ...details, reason: end.refused.code },
    });
  }
  const how = end.signal === undefined ? `exited with code ${end.exitCode}` : `was ended by ${end.signal}`;
  return failureResult(`${command} ${how}`, { details });
}

/** stdout as JSON if it parses and is held exactly, else as text without its last line end; nothing is null. */
function resultOf(end: ProgramEnd, limits: Limits): unknown {
  if (end.isStdoutCut) {
    return failureResult(`stdout is larger than ${limits.resultBytes} bytes`, {
      code: "RESULT_TOO_LARGE",
      retryable: false,
    });
  }
  if (end.stdout.length === 0) return null;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(end.stdout);
  } catch {
    // It did its work: what it printed is kept as well as it can be, and the result says what was lost.
    const lossy = new TextDecoder().decode(end.stdout);
    return successResult("stdout is not UTF-8: bytes that could not be read are U+FFFD", lossy, {
      isLossy: true,
    });
  }
  const plain = text.replace(/\r?\n$/u, "");
  let value: Json;
  try {
    value = JSON.parse(text) as Json; // whatever parses is JSON
  } catch {
    return plain;
  }
  const inexact = inexactIn(text);
  if (inexact === undefined) return value;
  return successResult(`stdout is kept as text: ${describeInexact(inexact)}`, plain, { isText: true });
}
