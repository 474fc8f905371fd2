// The entry of `npm start`, `npm test`, `npm run build` and `npm run check`: makes sure that everything needed is
// installed and built, then goes on under the project's own Node.
//
// This folder is plain JavaScript without dependencies for Node 20, since it runs before anything is installed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { SetupError, explain } from "./problem.mjs";
import { root } from "./root.mjs";

const oldestNodeMajor = 20;

/** @type {Record<string, { builds: boolean, run: (args: string[]) => string[] | undefined }>} */
const commands = {
  start: { builds: true, run: (args) => [join(root, "bin/rota.js"), "serve", ...args] },
  build: { builds: true, run: () => undefined },
  test: { builds: false, run: (args) => [join(root, "scripts/gate.ts"), ...args] },
  check: { builds: false, run: (args) => [join(root, "scripts/check.ts"), ...args] },
};

async function main() {
  const [name = "", ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new SetupError(`unknown command "${name}": try ${Object.keys(commands).join(", ")}`);
  if (Number(process.versions.node.split(".")[0]) < oldestNodeMajor) {
    throw new SetupError(
      `this is Node ${process.versions.node}, and setting Rota up needs Node ${oldestNodeMajor} or newer`,
      "install a newer Node (https://nodejs.org), then run the same command again",
    );
  }
  const node = await ensureInstalled();
  if (command.builds) await ensureBuilt(node);
  const next = command.run(args);
  if (next) await continueWith(node, next);
}

/** Becomes the given program where the system can do that, so that its signals and its exit code are simply its own. */
async function continueWith(node, program) {
  const args = ["--import", new URL("under-npm.mjs", import.meta.url).href, ...program];
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve(node, [node, ...args], process.env);
  }
  const child = spawn(node, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const { code, signal } = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
}

try {
  await main();
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
