// The bars of the embedded engine: what is compared with what, and what is asked.

import { addManyClients, addOneClient } from "./workloads/add.ts";
import { big } from "./workloads/big.ts";
import { bulk } from "./workloads/bulk.ts";
import { drain, longDrain } from "./workloads/drain.ts";
import { latency } from "./workloads/latency.ts";
import { lists } from "./workloads/lists.ts";
import { dueSpread, dueTogether, registerInBulk, registerOneByOne } from "./workloads/schedules.ts";
import { start } from "./workloads/start.ts";
import { sustained1000, sustained5000 } from "./workloads/sustained.ts";
import type { Workload } from "./workload.ts";

/** Where a figure comes from. */
export interface Source {
  readonly workload: Workload;
  readonly contender: string;
  readonly figure: string;
}

/** The subject's figure, or its ratio to the figure it is held against, must be at least or at most so much. */
export interface Bar {
  readonly id: string;
  readonly title: string;
  readonly subject: Source;
  readonly against?: Source;
  readonly asks: { readonly atLeast: number } | { readonly atMost: number };
  /** Added to the allowance for the subject, in the unit of the figure. */
  readonly plus?: number;
}

/** The same figure of the same workload, of somebody else. */
interface Against {
  readonly contender: string;
  readonly workload?: Workload;
  readonly plus?: number;
}

/** The bars on one figure of Rota's. */
function bars(id: string, figure: Omit<Source, "contender"> & { readonly contender?: string }) {
  const subject: Source = { contender: "Rota", ...figure };
  const source = ({ contender, workload = subject.workload }: Against): Source => ({
    ...subject,
    contender,
    workload,
  });
  const plus = (against: Against) => (against.plus === undefined ? {} : { plus: against.plus });
  return {
    atLeast: (atLeast: number, against: Against, title: string): Bar => ({
      id,
      title,
      subject,
      against: source(against),
      asks: { atLeast },
    }),
    atMost: (atMost: number, against: Against, title: string): Bar => ({
      id,
      title,
      subject,
      against: source(against),
      asks: { atMost },
      ...plus(against),
    }),
    within: (atMost: number, title: string): Bar => ({ id, title, subject, asks: { atMost } }),
  };
}

const limit = { contender: "SQLite limit" };
const redis = { contender: "BullMQ" };
const postgres = { contender: "graphile-worker" };

const cron = { contender: "node-cron" };
const node = { contender: "bare node" };
const empty = { contender: "Rota, empty" };
const main = "Rota, ledger on main";
const shortHistory = "Rota, 100,000 runs";
const longHistory = "Rota, 1,000,000 runs";
/** BullMQ is measured at 1,000 a second only. */
const redisAt1000 = { ...redis, workload: sustained1000 };

export const allBars: readonly Bar[] = [
  bars("E1", { workload: addOneClient, figure: "perSecond" }).atLeast(0.5, limit, "add, 1 client"),
  bars("E1", { workload: addOneClient, figure: "p50Ms" }).within(0.3, "add, 1 client"),
  bars("E1", { workload: addOneClient, figure: "perSecond", contender: main }).atLeast(
    0.8,
    limit,
    "add, 1 client, ledger on main",
  ),
  bars("E2", { workload: addManyClients, figure: "perSecond" }).atLeast(2, redis, "add, 64 clients"),
  bars("E2", { workload: addManyClients, figure: "perSecond" }).atLeast(0.5, limit, "add, 64 clients"),
  bars("E3", { workload: bulk, figure: "warmPerSecond" }).atLeast(3, postgres, "add in bulk"),
  bars("E3", { workload: bulk, figure: "warmPerSecond" }).atLeast(0.5, limit, "add in bulk"),
  bars("E4", { workload: drain, figure: "perSecond" }).atLeast(2.5, postgres, "drain 20,000 no-ops"),
  bars("E4", { workload: drain, figure: "perSecond" }).atLeast(7, redis, "drain 20,000 no-ops"),
  bars("E5", { workload: latency, figure: "p50Ms" }).atMost(1, redis, "add to start, idle"),
  bars("E5", { workload: latency, figure: "p99Ms" }).atMost(1, redis, "add to start, idle"),
  bars("E6", { workload: sustained1000, figure: "p99Ms" }).atMost(0.5, redis, "1,000 runs/s"),
  bars("E6", { workload: sustained1000, figure: "cpuSecondsPer1000" }).atMost(0.35, redis, "1,000 runs/s"),
  bars("E6", { workload: sustained5000, figure: "p99Ms" }).atMost(
    1,
    redisAt1000,
    "5,000 runs/s, BullMQ at 1,000",
  ),
  bars("E7", { workload: dueTogether, figure: "p99Ms" }).atMost(0.1, redis, "1,000 of 100,000 due at once"),
  bars("E7", { workload: dueTogether, figure: "p99Ms" }).atMost(0.5, cron, "1,000 of 100,000 due at once"),
  bars("E8", { workload: dueSpread, figure: "p99Ms" }).within(10, "100 of 100,000 due each second"),
  bars("E9", { workload: registerInBulk, figure: "perSecond" }).atLeast(5, redis, "register 100,000 in bulk"),
  bars("E9", { workload: registerOneByOne, figure: "perSecond" }).atLeast(
    2,
    redis,
    "register 100,000 one by one",
  ),
  bars("E10", { workload: big, figure: "megabytes" }).atMost(
    1.3,
    { ...empty, plus: 64 },
    "1 M schedules, 10 M runs",
  ),
  bars("E10", { workload: big, figure: "readyMs" }).atMost(3, empty, "1 M schedules, 10 M runs"),
  bars("E11", { workload: longDrain, figure: "loopP99Ms" }).within(6, "loop delay while draining"),
  bars("E11", { workload: bulk, figure: "loopP99Ms" }).within(10, "loop delay while adding in bulk"),
  bars("L1", { workload: lists, figure: "pageOf1000Ms", contender: shortHistory }).within(
    300,
    "a page of 1,000 of 100,000 runs",
  ),
  bars("L1", { workload: lists, figure: "walk100000Ms", contender: shortHistory }).within(
    300,
    "100,000 runs in 100 pages",
  ),
  bars("L2", { workload: lists, figure: "failedMs", contender: longHistory }).atMost(
    1.5,
    { contender: shortHistory, plus: 1 },
    "failed runs, of 1 M and of 100,000",
  ),
  bars("L2", { workload: lists, figure: "statsMs", contender: longHistory }).atMost(
    1.5,
    { contender: shortHistory, plus: 1 },
    "statistics, of 1 M and of 100,000",
  ),
  bars("E12", { workload: start, figure: "readyMs" }).atMost(3, node, "start to ready"),
];

/** Every workload the given bars need, each once. */
export function workloadsOf(some: readonly Bar[]): readonly Workload[] {
  return [
    ...new Set(
      some.flatMap(({ subject, against }) => [subject.workload, ...(against ? [against.workload] : [])]),
    ),
  ];
}
