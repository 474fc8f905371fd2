// Writes the files that are made from others (`npm run generate`), or with --check says which of them are stale.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { staleFiles, writeFiles, type Artifact } from "./generate/artifact.ts";
import { printJson } from "./generate/json.ts";
import { layerTable } from "./generate/layer-table.ts";
import { lintOverrides } from "./generate/lint-overrides.ts";
import { publicApi } from "./generate/public-api.ts";
import { tsconfigs } from "./generate/tsconfigs.ts";
import { root } from "./source-tree.ts";

export function generatedFiles(): readonly Artifact[] {
  return [...tsconfigs(), lintConfig(), layerTable(), publicApi()];
}

/** The rules that hold everywhere are written by hand in .oxlintrc.json; only its `overrides` are generated. */
function lintConfig(): Artifact {
  const path = ".oxlintrc.json";
  const config: unknown = JSON.parse(readFileSync(join(root, path), "utf8"));
  if (typeof config !== "object" || config === null) throw new Error(`${path}: expected an object`);
  return { path, text: printJson({ ...config, overrides: lintOverrides() }) };
}

function main(): void {
  const stale = staleFiles(generatedFiles());
  if (!process.argv.includes("--check")) {
    writeFiles(stale);
    console.log(stale.length === 0 ? "all generated files are up to date" : `wrote ${list(stale)}`);
    return;
  }
  if (stale.length === 0) return;
  console.error(`these generated files are out of date: ${list(stale)}\nrun: npm run generate`);
  process.exitCode = 1;
}

function list(files: readonly Artifact[]): string {
  return files.map((file) => file.path).join(", ");
}

if (import.meta.main) main();
