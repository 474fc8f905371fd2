// The TypeScript in the READMEs and the guide is what the public types accept: a reader may copy it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { publicEntries } from "../../scripts/layers.ts";
import { guidePages, snippetsOf } from "../../scripts/snippets.ts";
import { root } from "../../scripts/source-tree.ts";

/** Imports of the package by its name lead to the sources, so that nothing need be built. */
const tsconfig = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: {
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    emitDeclarationOnly: false,
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
};

/** What the compiler says about the modules, each at its path. */
function compilerErrors(files: Readonly<Record<string, string>>): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "snippets-"));
  try {
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...tsconfig, files: Object.keys(files) }));
    for (const [path, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), code);
    }
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The modules of several pages, each page in a folder of its own. */
function modulesOf(pages: readonly string[]): Readonly<Record<string, string>> {
  const modules = pages.flatMap((page) =>
    Object.entries(snippetsOf(page).files)
      .filter(([name]) => name.endsWith(".ts"))
      .map(([name, code]) => [`${page.replaceAll(/[/.]/g, "-")}/${name}`, code] as const),
  );
  return Object.fromEntries(modules);
}

describe("the TypeScript in", () => {
  it.each(["README.md", "README.zh-CN.md"])("%s compiles against the public entries", (page) => {
    const code = snippetsOf(page).files["main.ts"] ?? "";
    expect(code).toContain('from "rota"');
    expect(compilerErrors({ "main.ts": code })).toBe("");
    const wrong = compilerErrors({ "main.ts": code.replace("name: ", "nme: ") });
    expect(wrong, "a wrong snippet goes unseen").toContain("nme");
  });

  it("the guide compiles against the public entries", () => {
    const modules = modulesOf(guidePages());
    expect(Object.keys(modules).length).toBeGreaterThan(5);
    expect(compilerErrors(modules)).toBe("");
  });
});
