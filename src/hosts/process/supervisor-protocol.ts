// What the frames of worker and supervisor carry where they carry more than bytes.

import type { GroupSignal } from "../../ports/processes.ts";

export interface SpawnOrder {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface SignalOrder {
  readonly signal: GroupSignal;
}

export interface MuteOrder {
  readonly stream: "stdout" | "stderr";
}

export interface Started {
  readonly pid: number;
}

export interface Refused {
  readonly code: string;
  readonly message: string;
}

export interface Exited {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Signalled {
  readonly isDone: boolean;
}
