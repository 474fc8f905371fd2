// Installs the dependencies when they are missing or other than package-lock.json says, the project's own Node included.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withSetupLock } from "./lock.mjs";
import { SetupError, problemFrom } from "./problem.mjs";
import { runQuietly } from "./run.mjs";
import { say, seconds } from "./say.mjs";
import { modules, root } from "./root.mjs";

/** Written last, inside node_modules: an interrupted install leaves none, and `npm ci` removes it. */
const stampFile = join(modules, ".rota-installed");
const isWindows = process.platform === "win32";
const bundledNode = join(modules, "node", "bin", isWindows ? "node.exe" : "node");
const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;

/** Resolves with the path of the Node to go on with. Costs a few milliseconds when everything is in place. */
export async function ensureInstalled() {
  if (!isInstalled()) {
    await withSetupLock(async () => {
      if (isInstalled()) return; // the setup we waited for did it
      if (!isWhatNpmInstalled()) await install();
      await ensureNode();
      writeFileSync(stampFile, installKey());
    });
  }
  return usableNode();
}

function isInstalled() {
  return (
    existsSync(stampFile) && readFileSync(stampFile, "utf8") === installKey() && usableNode() !== undefined
  );
}

function installKey() {
  const lock = readFileSync(join(root, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch} node-${wanted}\n`;
}

/** The bundled Node, or the one this runs on where it is new enough (for systems the bundled one is not made for). */
function usableNode() {
  if (existsSync(bundledNode)) return bundledNode;
  return isAtLeast(process.versions.node, wanted) ? process.execPath : undefined;
}

function isAtLeast(version, minimum) {
  const [a, b] = [version, minimum].map((text) => text.split(".").map(Number));
  const index = a.findIndex((part, position) => part !== b[position]);
  return index === -1 || a[index] > b[index];
}

/** True after a plain `npm install` or `npm ci` of the same lockfile: npm keeps a copy of what it has finished installing. */
function isWhatNpmInstalled() {
  try {
    const want = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    const have = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")).packages;
    return Object.entries(want).every(([path, item]) => {
      if (path === "" || item.link || !path.startsWith("node_modules/")) return true;
      if (have[path]) return have[path].version === item.version;
      return item.optional === true || item.peer === true || item.devOptional === true;
    });
  } catch {
    return false;
  }
}

async function install() {
  const startedAt = Date.now();
  const isFirst = !existsSync(stampFile);
  say(
    isFirst ? "installing dependencies (first time only) …" : "dependencies have changed, installing them …",
  );
  const flags = [
    "--include=dev",
    "--engine-strict=false",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--loglevel=error",
  ];
  const { code, output } = await runNpm("installing dependencies", ["ci", ...flags], root);
  if (code !== 0) throw problemFrom("installing dependencies", output);
  say(`dependencies are installed (${seconds(startedAt)})`);
}

/** npm may have been told not to run install scripts; the one that fetches Node is then run here. */
async function ensureNode() {
  if (runs(bundledNode)) return;
  const folder = join(modules, "node");
  say(`fetching Node ${wanted} for this project …`);
  mkdirSync(join(folder, "bin"), { recursive: true });
  const { code, output } = await runQuietly(
    `fetching Node ${wanted}`,
    [nodeOfNpm(), join(folder, "installArchSpecificPackage.js")],
    { cwd: folder, env: { ...process.env, npm_config_ignore_scripts: "true" } },
  );
  if (runs(bundledNode)) return linkNode();
  if (isAtLeast(process.versions.node, wanted)) return;
  if (code !== 0) throw problemFrom(`fetching Node ${wanted}`, output);
  throw new SetupError(
    `Node ${wanted} was fetched but does not run on this system (${process.platform}-${process.arch})`,
    `install Node ${wanted} or newer yourself (https://nodejs.org), then run the same command again`,
  );
}

/** npm links a program into .bin only when it is there at once; the scripts of package.json look for Node in .bin. */
function linkNode() {
  const link = join(modules, ".bin", "node");
  if (!isWindows && !existsSync(link)) symlinkSync(join("..", "node", "bin", "node"), link);
}

function runs(node) {
  if (!existsSync(node)) return false;
  const { status, stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return status === 0 && stdout.trim() === `v${wanted}`;
}

/** The npm that runs us, on the Node it runs on: never the Node in node_modules, which is about to be replaced. */
function runNpm(what, args, cwd) {
  const npm = process.env.npm_execpath;
  if (npm && basename(npm) === "npm-cli.js") return runQuietly(what, [nodeOfNpm(), npm, ...args], { cwd });
  return runQuietly(what, [isWindows ? "npm.cmd" : "npm", ...args], { cwd, shell: isWindows });
}

function nodeOfNpm() {
  return process.env.npm_node_execpath ?? process.execPath;
}
