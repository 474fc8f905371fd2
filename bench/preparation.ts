// What must be there before anything is measured: the peers, and the compiled product.

import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const root = join(here, "..");

/** Installs the peers into bench/node_modules on first use; the product's own installation knows nothing of them. */
export function installPeers(tell: (line: string) => void): void {
  if (existsSync(join(here, "node_modules", "bullmq"))) return;
  tell("installing the peers into bench/node_modules (once, about 50 MB) …");
  // `workspaces=false`: npm must not take this folder for a part of the product's installation.
  run("npm", ["ci", "--workspaces=false", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: here });
}

/** Compiles the product, so that what is measured is what a user gets of this very source. */
export function buildProduct(tell: (line: string) => void): void {
  tell("compiling the product …");
  run(process.execPath, [join(root, "scripts", "build.ts")], { cwd: root });
}

export function peerVersions(): Readonly<Record<string, string>> {
  // Our own file; npm holds to its pins.
  const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8")) as {
    readonly dependencies: Record<string, string>;
  };
  return dependencies;
}

function run(program: string, flags: readonly string[], options: ExecFileSyncOptions): void {
  execFileSync(program, [...flags], { ...options, stdio: ["ignore", "inherit", "inherit"] });
}
