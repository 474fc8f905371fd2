// The little that is used of the peers: their own types are there only after the first run has installed them.

declare module "bullmq" {
  interface Connection {
    readonly host: string;
    readonly port: number;
    readonly maxRetriesPerRequest: null;
  }
  export class Queue {
    constructor(name: string, options: { readonly connection: Connection });
    waitUntilReady(): Promise<unknown>;
    add(name: string, data: unknown): Promise<unknown>;
    addBulk(jobs: readonly { readonly name: string; readonly data: unknown }[]): Promise<unknown>;
    upsertJobScheduler(
      key: string,
      repeat: { readonly pattern: string; readonly tz: string },
      template: { readonly name: string; readonly data: unknown },
    ): Promise<unknown>;
    getJobCounts(...states: readonly string[]): Promise<Readonly<Record<string, number>>>;
    close(): Promise<void>;
  }
  export class Worker {
    constructor(
      name: string,
      perform: (job: { readonly data: unknown }) => Promise<unknown>,
      options: { readonly connection: Connection; readonly concurrency: number },
    );
    waitUntilReady(): Promise<unknown>;
    close(force?: boolean): Promise<void>;
  }
}

declare module "ioredis" {
  export class Redis {
    constructor(options: { readonly port: number });
    flushall(): Promise<unknown>;
    bgrewriteaof(): Promise<unknown>;
    info(section: string): Promise<string>;
    disconnect(): void;
  }
}

declare module "graphile-worker" {
  import type { Pool } from "pg";

  export class Logger {
    constructor(factory: () => () => void);
  }
  export interface WorkerUtils {
    migrate(): Promise<void>;
    addJob(identifier: string, payload: unknown): Promise<unknown>;
    addJobs(jobs: readonly { readonly identifier: string; readonly payload: unknown }[]): Promise<unknown>;
    release(): Promise<void>;
  }
  export function makeWorkerUtils(options: {
    readonly pgPool: Pool;
    readonly logger: Logger;
  }): Promise<WorkerUtils>;
  export function run(options: {
    readonly pgPool: Pool;
    readonly concurrency: number;
    readonly logger: Logger;
    readonly noHandleSignals: boolean;
    readonly preset: {
      readonly worker: {
        readonly localQueue: { readonly size: number };
        readonly completeJobBatchDelay: number;
        readonly failJobBatchDelay: number;
      };
    };
    readonly taskList: Readonly<Record<string, (payload: unknown) => Promise<void>>>;
  }): Promise<{ stop(): Promise<void> }>;
}

declare module "pg" {
  interface Connection {
    readonly connectionString: string;
    readonly max?: number;
  }
  export interface Pool {
    on(event: "error", listener: () => void): void;
    on(event: "connect", listener: (client: Client) => void): void;
    query<Row>(text: string): Promise<{ readonly rows: readonly Row[] }>;
    end(): Promise<void>;
  }
  export interface Client {
    on(event: "error", listener: () => void): void;
    connect(): Promise<void>;
    query(text: string): Promise<unknown>;
    end(): Promise<void>;
  }
  const pg: {
    readonly Pool: new (options: Connection) => Pool;
    readonly Client: new (options: Connection) => Client;
  };
  export default pg;
}

declare module "node-cron" {
  export function schedule(
    expression: string,
    act: () => void,
    options: { readonly timezone: string },
  ): unknown;
}
