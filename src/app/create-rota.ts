// The way in: checks the options, opens the ledger, and meanwhile loads the composition root, which does the rest.

import { openSqliteLedger } from "../ledgers/sqlite/index.ts";
import type { EngineSettings } from "../engine/parts.ts";
import { parseDurationMs } from "../domain/duration.ts";
import { RotaError, validationFailed } from "../domain/errors.ts";
import { defaultLimits, type Limits } from "../domain/limits.ts";
import type { Broker } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Executor } from "../ports/executor.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { SecretProvider } from "../ports/secret-provider.ts";
import type { Random } from "../ports/random.ts";
import { checkOptions } from "./check-options.ts";
import type { Rota } from "./rota.ts";
import { SystemClock } from "./system-clock.ts";
import type { TelemetryHub } from "./telemetry-hub.ts";
import type { DeclaredTask } from "./typed-tasks.ts";

/** How to put a Rota together. Everything has a default: `createRota({})` keeps `./rota.db` and runs at once. */
export interface RotaOptions<Executors extends readonly Executor[] = readonly Executor[]> {
  /** `sqlite:` and a path, or `memory:` for one that is gone with the process. @default "sqlite:./rota.db" */
  readonly database?: string;
  /** The code that performs runs, by type. `http` is always there, `command` when it is allowed. */
  readonly executors?: Executors;
  /**
   * Tasks that shall be there when it starts, each known by its `externalId`: created or made what is given here, as by
   * `tasks.upsert`. Equal content changes nothing, a task that somebody cancelled stays so, and one that is no longer
   * listed stays as it is.
   */
  readonly tasks?: readonly DeclaredTask<Executors>[];
  /** Runs at once in this process, 1–100,000. @default 100 */
  readonly concurrency?: number;
  /** Queues this process takes runs from. @default all */
  readonly queues?: readonly string[];
  /** IANA zone of triggers that name none. @default "UTC" */
  readonly timezone?: string;
  /** False: only look and edit; nothing is decided or executed until `start()`. @default true */
  readonly start?: boolean;
  /** `full` survives power failure, `normal` may lose the last commits then (never a process crash). @default "full" */
  readonly synchronous?: "full" | "normal";
  /**
   * Where the SQL runs: a thread keeps the event loop's pauses short, `main` saves a hop.
   *
   * @default "thread" for files, "main" for memory
   */
  readonly ledgerThread?: "thread" | "main";
  /**
   * Programs the `command` executor may run, compared as they are written; `true` for all.
   *
   * @default false: there is no `command` executor
   */
  readonly allowCommands?: boolean | readonly string[];
  /**
   * What the `http` executor may reach besides public addresses: all private ones, or those of these hosts (`host` or
   * `host:port`). Link-local addresses and metadata services are never called.
   *
   * @default { allowPrivate: true }
   */
  readonly outbound?: { readonly allowPrivate?: boolean; readonly allowHosts?: readonly string[] };
  /**
   * Tells the secrets that params refer to as `{ "$secret": "NAME" }`; asked at each claim of such a run, and when it
   * knows none, `ROTA_SECRET_NAME` is looked up. What it tells is never stored, logged or shown.
   *
   * @default the environment alone
   */
  readonly secrets?: SecretProvider;
  /** Between abort and force when somebody cancels: a duration such as `"10s"`, or milliseconds. @default "30s" */
  readonly grace?: string | number;
  /**
   * How long ended runs and the audit are kept, in durations or milliseconds.
   *
   * @default { success: "7d", failure: "30d", audit: "90d" }
   */
  readonly retention?: {
    readonly success?: string | number;
    readonly failure?: string | number;
    readonly audit?: string | number;
  };
  /** Shortest interval a trigger may have, a duration or milliseconds. @default "1s" */
  readonly minInterval?: string | number;
  /** Name under which this process shows up as a worker. @default "rota:<pid>" */
  readonly name?: string;
  /** Told of everything the engine reports. @default one that nobody listens to */
  readonly telemetry?: TelemetryHub;
  /** Bounds of sizes and counts. @default params, results and steps 1 MiB, 1,000 steps a run, 1,000 items a call */
  readonly limits?: Partial<Limits>;
  /** For tests and simulations: with a clock given, nothing keeps the process alive. @default the system's clock */
  readonly clock?: Clock;
  /** For tests and simulations. @default seeded anew by each process */
  readonly random?: Random;
  /** Carries hints between workers. @default within this process */
  readonly broker?: Broker;
  /** Goes before `database`; closed with this Rota. @default the SQLite ledger at `database` */
  readonly ledger?: Ledger;
}

/**
 * Opens the database, recovers what a dead predecessor left behind, and begins to work.
 *
 * One process at a time owns a database file. A started Rota keeps the process alive until `stop()`, since schedules are
 * a reason to stay. When this rejects, nothing is left open.
 *
 * @throws VALIDATION_FAILED when an option is unknown or wrong, or two executors share a type; `details.issues` name each
 * @throws CONFIG_INVALID when `database` is none Rota knows, or this is code run by an executor
 * @throws LEDGER_LOCKED when another process owns the file; `details` hold its pid and, if it serves, its url
 * @throws LEDGER_CORRUPT when the file is damaged, no ledger, or was copied without its -wal file
 * @throws LEDGER_TOO_NEW when a newer release wrote it
 * @throws LEDGER_UNAVAILABLE when the file cannot be opened
 * @throws what `tasks.upsert` throws for one of `tasks`, named by its place in the list
 * @example
 * const rota = await createRota({ executors: [sendReport] });
 * const task = await rota.tasks.create({ name: "report", type: "send-report", trigger: { kind: "cron", expression: "0 9 * * 1-5" } });
 */
export async function createRota<const Executors extends readonly Executor[] = readonly []>(
  options: RotaOptions<Executors> = {},
): Promise<Rota<Executors>> {
  refuseInGuest();
  checkOptions(options);
  const clock = options.clock ?? new SystemClock();
  const settings = settingsOf(options);
  refuseSameTypes(options);
  // The ledger opens in its thread while this one loads what works on it.
  const [ledger, { assemble }] = await bothOrNone(
    options.ledger ?? openLedger(options, clock),
    import("./assemble.ts"),
  );
  const rota = assemble<Executors>(options, { clock, ledger, settings });
  try {
    if (options.start ?? true) await rota.start();
  } catch (error) {
    await rota.stop();
    throw error;
  }
  return rota;
}

function openLedger(options: Omit<RotaOptions, "tasks">, clock: Clock): Promise<Ledger> {
  return openSqliteLedger({
    database: options.database ?? "sqlite:./rota.db",
    nowMs: clock.now(),
    ...(options.synchronous === undefined ? {} : { synchronous: options.synchronous }),
    ...(options.ledgerThread === undefined ? {} : { host: options.ledgerThread }),
    // On the main thread answers come in the same turn: a caller in a loop must still let timers and sockets live.
    ...(options.clock === undefined ? { endOfTurn: yieldingTurns(options.ledgerThread === "main") } : {}),
  });
}

/** A ledger that opened beside something that failed must not stay open. */
async function bothOrNone<Other>(
  opening: Ledger | Promise<Ledger>,
  loading: Promise<Other>,
): Promise<readonly [Ledger, Other]> {
  const [opened, loaded] = await Promise.allSettled([opening, loading]);
  if (opened.status === "rejected") throw opened.reason;
  if (loaded.status === "fulfilled") return [opened.value, loaded.value];
  await opened.value.close();
  throw loaded.reason;
}

/** How batches are cut: at the end of the turn, or, where the ledger works in this thread, after timers and I/O had theirs. */
function yieldingTurns(isOnMain: boolean): (act: () => void) => void {
  return isOnMain ? (act) => void setImmediate(act) : (act) => process.nextTick(act);
}

/** A module that defines executors and starts a Rota as well would start a second one wherever its code is run. */
function refuseInGuest(): void {
  if (!(Symbol.for("rota.guest") in globalThis)) return;
  throw new RotaError(
    "CONFIG_INVALID",
    "createRota was called in a process or thread that only runs an executor: keep executors in a module of their own",
  );
}

/** Before anything is opened: two executors of a type, of which the built-in ones are first. */
function refuseSameTypes({ executors = [], allowCommands = false }: Omit<RotaOptions, "tasks">): void {
  const types = new Set(allowCommands === false ? ["http"] : ["http", "command"]);
  for (const { type } of executors) {
    if (types.has(type)) {
      const message = `there are two of type ${type}`;
      throw validationFailed([{ path: "executors", code: "DUPLICATE", message }]);
    }
    types.add(type);
  }
}

function settingsOf(options: Omit<RotaOptions, "tasks">): EngineSettings {
  return {
    name: options.name ?? `rota:${process.pid}`,
    pid: process.pid,
    concurrency: options.concurrency ?? 100,
    queues: options.queues ?? ["*"],
    defaultTimezone: options.timezone ?? "UTC",
    minIntervalMs: milliseconds(options.minInterval ?? "1s"),
    retention: {
      successMs: milliseconds(options.retention?.success ?? "7d"),
      failureMs: milliseconds(options.retention?.failure ?? "30d"),
      auditMs: milliseconds(options.retention?.audit ?? "90d"),
    },
    limits: limitsOf(options.limits ?? {}),
    graceMs: milliseconds(options.grace ?? "30s"),
    active: true,
  };
}

function limitsOf(given: Partial<Limits>): Limits {
  const stated = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaultLimits, ...Object.fromEntries(stated) };
}

/** A duration that was checked before. */
function milliseconds(value: string | number): number {
  const parsed = parseDurationMs(value);
  if (!parsed.ok) throw new TypeError(parsed.message);
  return parsed.ms;
}
