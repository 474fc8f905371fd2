// What the engine is built from: its ports and settings, given once by the composition root.

import type { IdCodec } from "../domain/ids.ts";
import type { Limits } from "../domain/limits.ts";
import type { Calculators } from "../domain/trigger/calculators.ts";
import type { Broker } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Executor, Host, Isolation } from "../ports/executor.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { KeptFor } from "../ports/maintenance-ledger.ts";
import type { Random } from "../ports/random.ts";
import type { SecretProvider } from "../ports/secret-provider.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface EngineSettings {
  readonly name: string;
  readonly pid: number;
  /** Runs at once in this process. */
  readonly concurrency: number;
  /** Queues this process takes runs from; `["*"]`: all there are. */
  readonly queues: readonly string[];
  /** Zone of triggers that name none. */
  readonly defaultTimezone: string;
  /** Shortest interval a trigger may have, in milliseconds. */
  readonly minIntervalMs: number;
  readonly retention: KeptFor;
  readonly limits: Limits;
  /** How long a running executor has between abort and force when nobody says otherwise. */
  readonly graceMs: number;
  /** False: schedules stand still and nothing is executed; for tools that only look or edit. */
  readonly active: boolean;
}

export interface EngineParts {
  readonly ledger: Ledger;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly ids: IdCodec;
  readonly calculators: Calculators;
  readonly executors: ReadonlyMap<string, Executor>;
  readonly secrets: SecretProvider;
  readonly hosts: Readonly<Record<Isolation, Host>>;
  readonly settings: EngineSettings;
}
