// Adapters of one port look alike: who knows the SQLite ledger finds the way in the PostgreSQL one.
import { describe, expect, it } from "vitest";
import { filesBelow } from "../../scripts/source-tree.ts";

/** Migrations are numbered by each database's own history. */
const ownFiles = /(\.test\.ts|\/tsconfig\.json|\/migrations\/.*)$/;

function adaptersOf(group: string): Map<string, string[]> {
  const adapters = new Map<string, string[]>();
  for (const path of filesBelow(`src/${group}`)) {
    const [, , adapter, ...rest] = path.split("/");
    if (!adapter || rest.length === 0 || ownFiles.test(path)) continue;
    adapters.set(adapter, [...(adapters.get(adapter) ?? []), rest.join("/")]);
  }
  return adapters;
}

describe.each(["ledgers", "brokers"])("the adapters in src/%s", (group) => {
  it("all have files of the same names", () => {
    const [first, ...others] = adaptersOf(group);
    for (const [adapter, files] of others) {
      expect(files, `${adapter} differs from ${first?.[0] ?? ""}`).toEqual(first?.[1]);
    }
  });

  it("begin at an index.ts", () => {
    for (const [adapter, files] of adaptersOf(group)) expect(files, adapter).toContain("index.ts");
  });
});
