// Builds src to dist: checks the layers and writes their types, bundles the JavaScript, copies what is not TypeScript,
// removes what has no source any more.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bundle } from "./bundle.ts";
import { filesBelowAll, root } from "./source-tree.ts";

/** Files which the program reads at run time and which lie beside the code that reads them. */
const assetExtensions = [".sql", ".html", ".css", ".svg"];
const typeExtensions = [".d.ts.map", ".d.ts"];

function compile(): boolean {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-b", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  return status === 0;
}

function copyAssets(): void {
  for (const path of filesBelowAll("src").filter(isAsset)) {
    const source = join(root, path);
    const target = join(root, toOutput(path));
    if (existsSync(target) && statSync(target).mtimeMs >= statSync(source).mtimeMs) continue;
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
}

/** A file renamed or deleted in src would otherwise live on in dist, and in the package. */
function removeOrphans(bundled: ReadonlySet<string>): void {
  for (const path of filesBelowAll("dist")) {
    if (path.startsWith("dist/.tsbuild/") || bundled.has(path)) continue;
    const extension = typeExtensions.find((candidate) => path.endsWith(candidate));
    const source = path.replace(/^dist\//, "src/");
    const origin = extension ? `${source.slice(0, -extension.length)}.ts` : source;
    if (!existsSync(join(root, origin))) rmSync(join(root, path));
  }
}

function isAsset(path: string): boolean {
  return assetExtensions.some((extension) => path.endsWith(extension));
}

function toOutput(path: string): string {
  return path.replace(/^src\//, "dist/");
}

if (compile()) {
  copyAssets();
  removeOrphans(await bundle());
} else {
  process.exitCode = 1;
}
