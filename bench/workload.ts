// What a workload is: who takes part, and how one of them is measured once.

import { SideProcess, type SideSpec } from "./side-process.ts";
import type { ServerName } from "./services.ts";
import type { QueueCommands } from "./sides/queue-commands.ts";
import type { ScheduleCommands } from "./sides/schedule-commands.ts";
import type { Place } from "./sides/side.ts";

/** The figures of one measurement, by name; units are in the names. */
export type Figures = Readonly<Record<string, number>>;

export interface Contender extends SideSpec {
  /** As it is called in the report. */
  readonly name: string;
  readonly server?: ServerName;
}

export interface Stage {
  readonly place: Place;
  /** The pid of a contender's server, for its CPU time. */
  serverPid(contender: Contender): number | undefined;
  /** Full mode measures longer where a workload says so. */
  readonly isThorough: boolean;
}

export interface Workload {
  readonly name: string;
  /** One sentence for the report. */
  readonly what: string;
  readonly contenders: readonly Contender[];
  /** Rounds at most, for those that take long; more only in full mode. */
  readonly quickRounds?: number;
  measure(contender: Contender, stage: Stage): Promise<Figures>;
}

/** Uses a fresh process for one queue side and ends it. */
export async function withQueue<Result>(
  contender: Contender,
  stage: Stage,
  use: (process: SideProcess<QueueCommands>) => Promise<Result>,
): Promise<Result> {
  const side = await SideProcess.queue(contender, stage.place);
  try {
    return await use(side);
  } finally {
    await side.end();
  }
}

/** The same for schedules. */
export async function withScheduler<Result>(
  contender: Contender,
  stage: Stage,
  use: (process: SideProcess<ScheduleCommands>) => Promise<Result>,
): Promise<Result> {
  const side = await SideProcess.scheduler(contender, stage.place);
  try {
    return await use(side);
  } finally {
    await side.end();
  }
}
