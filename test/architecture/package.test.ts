// What the package is as a whole: its licence, its changelog, and that all of it passes the type checker.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/source-tree.ts";

const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

describe("the package", () => {
  it("S1.95 is under the MIT licence and keeps a changelog that leaves with it", () => {
    const manifest = JSON.parse(textOf("package.json")) as { license: string; files: readonly string[] }; // our own
    expect(manifest.license).toBe("MIT");
    expect(textOf("LICENSE")).toMatch(/^MIT License\n/);
    expect(manifest.files).toContain("CHANGELOG.md");
    expect(textOf("CHANGELOG.md")).toMatch(/^## Unreleased\n/m);
  });

  it("S2.34 passes the type checker, sources, tests and scripts", () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-b"], { cwd: root, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
