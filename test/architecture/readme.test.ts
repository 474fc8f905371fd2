// The TypeScript in the READMEs is what the public types accept: a reader may copy it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publicEntries } from "../../scripts/layers.ts";
import { root } from "../../scripts/source-tree.ts";

/** Imports of the package by its name lead to the sources, so that nothing need be built. */
const tsconfig = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: {
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
    rootDir: root,
    typeRoots: [join(root, "node_modules/@types")],
    paths: Object.fromEntries(
      Object.entries(publicEntries).map(([name, path]) => [name, [join(root, path)]]),
    ),
  },
  files: ["snippets.ts"],
};

/** The blocks of one page as one module: a later one goes on where an earlier one ended. */
function snippetsOf(page: string): string {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code).join("\n");
}

function compilerErrors(code: string): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "readme-"));
  try {
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    writeFileSync(join(folder, "snippets.ts"), code);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the TypeScript in", () => {
  it.each(["README.md", "README.zh-CN.md", "docs/guide/events-and-webhooks.md"])(
    "%s compiles against the public entries",
    (page) => {
      const code = snippetsOf(page);
      expect(code).toContain('from "rota"');
      expect(compilerErrors(code)).toBe("");
      expect(compilerErrors(code.replace("name: ", "nme: ")), "a wrong snippet goes unseen").toContain("nme");
    },
  );
});
