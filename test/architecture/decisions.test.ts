// The decision records: each has its parts and stands in the index, and each dependency has its reason.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { root } from "../../scripts/source-tree.ts";

const folder = `${root}/docs/adr`;
const names = readdirSync(folder).filter((name) => name !== "README.md");
const read = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");
const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()) });

describe("the decision records", () => {
  it.each(names)("%s is named by its day and has all its parts", (name) => {
    expect(name).toMatch(/^\d{4}-\d\d-\d\d-[a-z0-9-]+\.md$/u);
    const headings = read(name)
      .split("\n")
      .filter((line) => line.startsWith("## "));
    expect(headings).toEqual(["## Context", "## Decision", "## Consequences"]);
    expect(read(name)).toMatch(/^# .+\n\nStatus: (?:accepted|replaced by )/u);
  });

  it("are all in the index, by their titles and in order", () => {
    const rows = names.toSorted().map((name) => {
      const title = read(name).split("\n")[0]?.slice(2) ?? "";
      return `| ${name.slice(0, 10)} | [${title}](${name}) |`;
    });
    const index = read("README.md").split("\n");
    expect(index.filter((line) => line.startsWith("| 2"))).toEqual(rows);
  });

  it("give a reason for each package that is shipped, and for no other", () => {
    const { dependencies } = manifestSchema.parse(JSON.parse(readFileSync(`${root}/package.json`, "utf8")));
    const rows = read("2026-11-24-what-the-package-depends-on.md").matchAll(/^\| `([^`]+)` \|/gmu);
    const named = new Set([...rows].map(([, name]) => name));
    expect(named).toEqual(new Set(Object.keys(dependencies)));
  });
});
