// `npm run check:package`: would the package work for those who install it? Judges the packed files, as npm would send them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printResult, runStage, type Stage } from "./stage.ts";
import { root } from "./source-tree.ts";

function pack(folder: string): string {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  return join(folder, stdout.trim().split("\n").at(-1) ?? "");
}

const folder = mkdtempSync(join(tmpdir(), "rota-package-"));
try {
  const tarball = pack(folder);
  const checks: readonly Stage[] = [
    { name: "publint", command: ["publint", "run", tarball, "--strict"] },
    // The package is for Node 24 and has no CommonJS build: only how ES modules resolve it is judged.
    { name: "are the types wrong", command: ["attw", tarball, "--profile", "esm-only"] },
  ];
  for (const check of checks) {
    const result = await runStage(check, { isLive: false });
    printResult(result);
    if (!result.isPassed) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
