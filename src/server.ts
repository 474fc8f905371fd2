// The server as a library: a Rota that listens, inside your own process.

export { loadExecutors, serve, type RunningServer, type ServeOptions } from "./app/serve.ts";
export { loadConfig } from "./config/load.ts";
export type { Config } from "./config/config.ts";
