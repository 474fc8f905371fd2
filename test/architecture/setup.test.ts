// The scripts that run before anything is installed: one setup at a time, and words that a person understands.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../scripts/source-tree.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rota-setup-"));
  for (const path of ["scripts/setup", "bin", "package.json"]) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a module in the copied scripts/setup; resolves when it has ended. */
async function runModule(code: string): Promise<{ output: string; code: number | null }> {
  const script = join(folder, "scripts/setup", `probe-${Math.random()}.mjs`);
  writeFileSync(script, code);
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  return { output, code: child.exitCode };
}

/** Writes its number on entering and on leaving, with some time in between. */
const holdsLock = (mark: number): string => `
  import { appendFileSync } from "node:fs";
  import { withSetupLock } from "./lock.mjs";
  await withSetupLock(async () => {
    appendFileSync(new URL("./trace", import.meta.url), "in ${mark}\\n");
    await new Promise((resolve) => setTimeout(resolve, 100));
    appendFileSync(new URL("./trace", import.meta.url), "out ${mark}\\n");
  });
`;

function trace(): readonly string[] {
  return readFileSync(join(folder, "scripts/setup/trace"), "utf8").trim().split("\n");
}

function writeLock(holder: object): void {
  const lock = join(folder, ".cache", "setup.lock");
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, "holder.json"), JSON.stringify(holder));
}

describe("two setups in one folder", () => {
  it("work one after the other", async () => {
    await Promise.all([1, 2, 3].map((mark) => runModule(holdsLock(mark))));
    const steps = trace();
    expect(steps).toHaveLength(6);
    for (let index = 0; index < steps.length; index += 2) {
      expect(steps[index + 1]).toBe(steps[index]?.replace("in", "out"));
    }
  });

  it("do not wait for one that was killed", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const { output } = await runModule(`import { hostname } from "node:os"; console.log(hostname());`);
    writeLock({ pids: [pid], host: output.trim() });
    expect((await runModule(holdsLock(1))).code).toBe(0);
    expect(trace()).toEqual(["in 1", "out 1"]);
  });

  it("say for whom they wait", async () => {
    const { output: host } = await runModule(`import { hostname } from "node:os"; console.log(hostname());`);
    writeLock({ pids: [process.pid], host: host.trim() });
    const waiting = runModule(`setTimeout(() => process.exit(7), 600);${holdsLock(1)}`);
    const { output, code } = await waiting;
    expect(code).toBe(7);
    expect(output).toContain(
      `another setup of this folder is running (process ${process.pid}); waiting for it`,
    );
  });
});

describe("a failed install", () => {
  const explained = async (output: string): Promise<string> => {
    const code = `
      import { explain, problemFrom } from "./problem.mjs";
      process.stdout.write(explain(problemFrom("installing dependencies", ${JSON.stringify(output)})));
    `;
    return (await runModule(code)).output;
  };

  it.each([
    ["npm error code ENOTFOUND", "the npm registry cannot be reached"],
    ["npm error code ECONNREFUSED", "the npm registry cannot be reached"],
    ["npm error code ENOSPC", "the disk is full"],
    ["npm error code EACCES", "a file or folder may not be written"],
    ["npm error code EUSAGE", "package.json and package-lock.json do not belong together"],
    ["npm error code E401", "the npm registry refuses access"],
  ])("that printed %j is explained as %j, with what to do", async (output, words) => {
    const text = await explained(output);
    expect(text).toContain(words);
    expect(text).toContain("  → ");
    expect(text).toContain(output);
  });
});

describe("the command rota", () => {
  function runOn(version: string): ReturnType<typeof spawnSync> {
    const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" });`;
    const args = [
      "--import",
      `data:text/javascript,${encodeURIComponent(pretend)}`,
      join(folder, "bin/rota.js"),
    ];
    return spawnSync(process.execPath, args, { encoding: "utf8" });
  }

  it.each(["18.0.0", "22.18.0", "24.20.9"])("refuses Node %s and says what to do", (version) => {
    const { status, stderr } = runOn(version);
    expect(status).toBe(1);
    expect(stderr).toContain(`this is Node ${version}, and Rota needs Node 24.21.0 or newer`);
  });

  it.each(["24.21.0", "24.100.0", "26.0.0"])("accepts Node %s, and says when it is not built", (version) => {
    const { status, stderr } = runOn(version);
    expect(status).toBe(1);
    expect(stderr).toContain("this copy of Rota is not built");
  });

  it("needs the same Node as package.json says", () => {
    expect(readFileSync(join(root, "package.json"), "utf8")).toContain('"node": ">=24.21.0"');
    expect(readFileSync(join(root, ".nvmrc"), "utf8").trim()).toBe("24.21.0");
  });
});
