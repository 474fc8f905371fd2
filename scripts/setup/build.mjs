// Builds src to dist when a source has changed since the last build.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withSetupLock } from "./lock.mjs";
import { SetupError } from "./problem.mjs";
import { runQuietly } from "./run.mjs";
import { say, seconds } from "./say.mjs";
import { root } from "./root.mjs";

/** Lies in dist, so that removing dist is enough to have everything built anew. */
const stampFile = join(root, "dist", ".tsbuild", "stamp");

/** Costs some milliseconds when nothing has changed. */
export async function ensureBuilt(node) {
  if (isBuilt()) return;
  await withSetupLock(async () => {
    if (isBuilt()) return; // the setup we waited for did it
    await build(node);
  });
}

async function build(node) {
  const startedAt = Date.now();
  say("building …");
  const key = buildKey(); // before building: what is edited meanwhile is built next time
  const { code, output } = await runQuietly("building", [node, join(root, "scripts/build.ts")], {
    cwd: root,
  });
  if (code !== 0) {
    process.stderr.write(output);
    throw new SetupError(
      "the sources do not compile",
      "the errors stand above; npm run check shows all of them",
    );
  }
  writeFileSync(stampFile, key);
  say(`built (${seconds(startedAt)})`);
}

function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === buildKey();
}

/** Changes whenever a file that takes part in the build is added, removed or written. */
function buildKey() {
  const inputs = [
    ...[
      "tsconfig.build.json",
      "tsconfig.base.json",
      "package-lock.json",
      "scripts/build.ts",
      "scripts/bundle.ts",
      "scripts/layers.ts",
    ].map((path) => join(root, path)),
    ...sourceFiles(join(root, "src")),
  ];
  const hash = createHash("sha256");
  for (const path of inputs) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}

function sourceFiles(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith(".test.ts") ? [] : [path];
  });
}
