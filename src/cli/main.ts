// The entry of the command line: this process's terminal, and the real ways to Rota.

import { readFileSync } from "node:fs";
import { catalogueCommands } from "./commands.ts";
import { connect } from "./connect.ts";
import { runCli } from "./run-cli.ts";
import { processTerminal } from "./terminal.ts";

/** How long what is still open may keep a finished command from ending. */
const lingerMs = 1000;

// `rota tasks list | head` closes the pipe before everything is written: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(),
  commands: catalogueCommands(),
  version: readVersion(),
  connect,
  // Loaded when it is needed: most commands only ask a server.
  serve: async (config) => {
    const { serve } = await import("../app/serve.ts");
    return serve({ config });
  },
});
setTimeout(() => process.exit(), lingerMs).unref();

/** The same two folders up in the sources and in what is built from them. */
function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string }; // our own package.json
  return version;
}
