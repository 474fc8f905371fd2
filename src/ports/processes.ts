// Programs run as child processes, which never outlive the worker that started them (SEM 28).

/** A program to run, without a shell. */
export interface ProgramSpec {
  /** A path, or a name looked up in PATH. */
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the worker's own environment, from which Rota's settings and secrets (`ROTA_*`) are taken out. */
  readonly env: Readonly<Record<string, string>>;
  /** @default the worker's own */
  readonly cwd?: string;
  /** Text given on stdin, which is then closed. */
  readonly input: string;
  /** Most bytes of stdout kept; what comes after is read and dropped. */
  readonly maxStdoutBytes: number;
  /** Most bytes of stderr handed on as lines; what comes after is read and dropped. */
  readonly maxStderrBytes: number;
  /** After this the group gets SIGTERM, and SIGKILL five seconds later, in milliseconds. @default none */
  readonly timeoutMs?: number;
  /** A line of stderr; a very long one is cut, with a mark. */
  readonly stderrLine: (line: string) => void;
  /** A line the program wrote to file descriptor 3. */
  readonly controlLine: (line: string) => void;
}

export interface ProgramEnd {
  /** Absent when a signal ended it, or when it never started. */
  readonly exitCode?: number;
  readonly signal?: string;
  readonly stdout: Uint8Array;
  readonly isStdoutCut: boolean;
  readonly hasTimedOut: boolean;
  /** Why it could not be started, for example `ENOENT`. */
  readonly refused?: { readonly code: string; readonly message: string };
}

export const groupSignals = ["SIGTERM", "SIGKILL", "SIGSTOP", "SIGCONT"] as const;
export type GroupSignal = (typeof groupSignals)[number];

export interface RunningProgram {
  /** Never rejects. Whatever is left of the program's process group is ended then. */
  readonly ended: Promise<ProgramEnd>;
  /** Writes a line which the program can read on file descriptor 4; dropped when it has closed it. */
  tell(line: string): void;
  /** Sends a signal to the whole process group; false when that cannot be done (it has ended, or the platform has none). */
  signal(signal: GroupSignal): Promise<boolean>;
}

export interface Processes {
  start(spec: ProgramSpec): RunningProgram;
}
