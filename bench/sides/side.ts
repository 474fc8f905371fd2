// What a measured side must offer, so that all are driven by the same code.

/** What every run or job carries: about 90 bytes of JSON. */
export type Payload = {
  readonly i: number;
  /** When it was handed over, in milliseconds of the monotonic clock; 0 where nobody asks. */
  readonly t: number;
  readonly s: string;
};

export function payload(i: number, t = 0): Payload {
  return { i, t, s: "x".repeat(64) };
}

/** What a run does: nothing, but as real code it is asynchronous. */
export type Handler = (payload: Payload) => Promise<void>;

/** A queue of work. Every call resolves when what it did is as durable as this side makes it. */
export interface QueueSide {
  /** Leaves an empty store behind. */
  reset(): Promise<void>;
  /** Connects, and makes schema, queue or task where they are missing. Called once in each process. */
  open(): Promise<void>;
  add(payload: Payload): Promise<unknown>;
  addMany(payloads: readonly Payload[]): Promise<unknown>;
  /** Starts one worker; resolves when it takes work. */
  work(handler: Handler): Promise<void>;
  /** How many are not yet durably completed. */
  remaining(): Promise<number>;
  close(): Promise<void>;
}

export interface Schedule {
  readonly key: string;
  /** Six fields, seconds first, in UTC. */
  readonly cron: string;
  /** Told to `fire`. */
  readonly group: string;
}

/** Something that does work at given times. */
export interface SchedulerSide {
  reset(): Promise<void>;
  /** Opens and begins to work; `fire` is called when a schedule's work starts. */
  open(fire: (group: string) => void): Promise<void>;
  schedule(schedule: Schedule): Promise<unknown>;
  /** Many in one call, at most 1,000; absent where a side has no such call. */
  scheduleMany?(schedules: readonly Schedule[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Where a side finds its store. */
export interface Place {
  /** An existing folder of its own on the measured disk. */
  readonly folder: string;
  readonly redisPort: number;
  readonly postgresPort: number;
}

/** How a side is tuned; each side says what it understands. */
export type SideSettings = Readonly<Record<string, string | number | boolean>>;

/** What the module of a side exports; one of the two may be missing. */
export interface SideModule {
  readonly openQueue?: (place: Place, settings: SideSettings) => QueueSide;
  readonly openScheduler?: (place: Place, settings: SideSettings) => SchedulerSide;
}

export function numberOf(settings: SideSettings, name: string, otherwise: number): number {
  const value = settings[name] ?? otherwise;
  if (typeof value !== "number") throw new Error(`${name}: expected a number, got ${String(value)}`);
  return value;
}
