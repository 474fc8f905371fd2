// The layers of src and what each may import: the one place where the architecture is written down as data.
//
// `npm run generate` makes from it the tsconfig.json of each folder, the import rules of .oxlintrc.json and the table
// in ARCHITECTURE.md; test/architecture resolves every import of src and holds it against this list.

/** One folder of src which is compiled by itself and has its own rules. */
export interface Layer {
  /** Path below src; "." is the files which lie in src itself. A deeper folder that is listed belongs to its own layer. */
  readonly folder: string;
  /** Folders of the other layers it may import. */
  readonly imports: readonly string[];
  /** Packages it may import. */
  readonly npm: readonly string[];
  /** Modules of Node it may import, without the prefix. */
  readonly node: "none" | "any" | readonly string[];
  /** Subfolders which are alternatives to each other and must not import one another. */
  readonly parts?: readonly string[];
  /** It may read the clock, draw random numbers and set timers by itself, instead of through a port. */
  readonly mayUseTime?: true;
  /** It may write to the terminal. */
  readonly mayPrint?: true;
  /** What the table in ARCHITECTURE.md says of it. */
  readonly purpose: string;
}

const core = ["domain", "ports"] as const;

const belowApp: readonly Layer[] = [
  { folder: "domain", imports: [], npm: [], node: "none", purpose: "pure values and rules" },
  {
    folder: "ports",
    imports: ["domain"],
    npm: [],
    node: "none",
    purpose: "what the engine needs from outside, as interfaces",
  },
  {
    folder: "contract",
    imports: ["domain"],
    npm: ["zod"],
    node: "none",
    purpose: "the catalogue of operations: names, schemas, permissions, effects",
  },
  { folder: "engine", imports: core, npm: [], node: "none", purpose: "the services that decide and drive" },
  { folder: "ledgers/sqlite", imports: core, npm: [], node: "any", purpose: "the ledger in one SQLite file" },
  {
    folder: "ledgers/postgres",
    imports: core,
    npm: ["pg"],
    node: "any",
    purpose: "the ledger on PostgreSQL",
  },
  {
    folder: "brokers/memory",
    imports: core,
    npm: [],
    node: "any",
    purpose: "deliveries and signals within one process",
  },
  {
    folder: "brokers/bullmq",
    imports: core,
    npm: ["bullmq", "ioredis"],
    node: "any",
    purpose: "deliveries and signals over Redis",
  },
  {
    folder: "hosts",
    imports: core,
    npm: [],
    node: "any",
    parts: ["inline", "thread", "process"],
    purpose: "where code runs",
  },
  {
    folder: "a2a/protocol",
    imports: core,
    npm: ["@a2a-js/sdk"],
    node: "any",
    purpose: "the A2A mapping which a2a and the agent executor share",
  },
  {
    folder: "executors",
    imports: core,
    npm: [],
    node: "any",
    parts: ["http", "command", "agent", "note"],
    purpose: "what runs can do out of the box",
  },
  {
    folder: "executors/agent",
    imports: [...core, "a2a/protocol"],
    npm: ["@a2a-js/sdk"],
    node: "any",
    purpose: "the executor that calls a remote agent",
  },
  { folder: "outbound", imports: core, npm: ["undici"], node: "any", purpose: "the one guarded HTTP client" },
  {
    folder: "expressions",
    imports: core,
    npm: ["jsonata"],
    node: "any",
    purpose: "JSONata in a thread that is ended at its limit",
  },
  {
    folder: "telemetry",
    imports: core,
    npm: ["pino"],
    node: "any",
    parts: ["pino", "otel", "prometheus"],
    purpose: "logs, metrics and traces as subscribers",
  },
  {
    folder: "operations",
    imports: ["contract", "engine", ...core],
    npm: [],
    node: "none",
    purpose: "one handler for each entry of the contract",
  },
  {
    folder: "talk",
    imports: ["contract", ...core],
    npm: [],
    node: "none",
    purpose: "text to typed intent, and replies",
  },
  {
    folder: "http",
    imports: ["contract", ...core],
    npm: ["fastify", "@fastify/rate-limit", "@fastify/swagger-ui"],
    node: "any",
    purpose: "REST, OpenAPI, event stream",
  },
  {
    folder: "mcp",
    imports: ["contract", ...core],
    npm: ["@modelcontextprotocol/server", "@modelcontextprotocol/node"],
    node: "any",
    purpose: "tools for AI assistants",
  },
  {
    folder: "a2a",
    imports: ["contract", "a2a/protocol", ...core],
    npm: ["@a2a-js/sdk"],
    node: "any",
    purpose: "Rota as an agent",
  },
  {
    folder: "client",
    imports: ["contract"],
    npm: [],
    node: "none",
    // It waits between tries, and has no Rota beside it whose clock it could ask.
    mayUseTime: true,
    purpose: "the typed HTTP client; runs in a browser",
  },
  {
    folder: "config",
    imports: ["domain"],
    npm: ["zod"],
    // The loader reads a file and imports it as a module, so it also needs its path and its URL.
    node: ["fs", "fs/promises", "path", "url"],
    purpose: "one schema, one loader",
  },
];

const app: Layer = {
  folder: "app",
  imports: belowApp.map((layer) => layer.folder),
  npm: [],
  node: "any",
  mayUseTime: true,
  purpose: "puts the parts together; the only folder that knows every adapter",
};

/** Lowest first: a layer only ever imports layers which stand before it. */
export const layers: readonly Layer[] = [
  ...belowApp,
  app,
  {
    folder: "cli",
    // Of the domain only the error codes: each has its exit code.
    imports: ["app", "config", "client", "contract", "domain"],
    npm: ["commander", "cli-table3", "picocolors"],
    node: "any",
    mayUseTime: true,
    mayPrint: true,
    purpose: "the command line",
  },
  {
    folder: "testing",
    imports: ["app", ...core],
    npm: [],
    node: "none",
    // The virtual clock lets the event loop turn until everything that was due has happened.
    mayUseTime: true,
    purpose: "contract suites, virtual clock, in-memory harness for users' tests",
  },
  {
    folder: ".",
    imports: ["app", "config", "contract", "executors", ...core],
    npm: [],
    node: "none",
    purpose: "the public entries `rota` and `rota/server`",
  },
];

/** The public entries of the package, by import name, with the source file of each. */
export const publicEntries: Readonly<Record<string, string>> = {
  rota: "src/index.ts",
  "rota/client": "src/client/index.ts",
  "rota/server": "src/server.ts",
  "rota/testing": "src/testing/index.ts",
};
