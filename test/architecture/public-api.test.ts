// The public face of the package: which entries resolve, and which names they export.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { publicApi } from "../../scripts/generate/public-api.ts";
import { publicEntries } from "../../scripts/layers.ts";
import { root } from "../../scripts/source-tree.ts";

/** What package.json must say: each entry of scripts/layers.ts, by its built file, and no other. */
const exportsMap = Object.fromEntries(
  Object.entries(publicEntries).map(([name, source]) => {
    const output = source.replace(/^src\//, "./dist/").replace(/\.ts$/, "");
    return [name.replace(/^rota/, "."), { types: `${output}.d.ts`, default: `${output}.js` }];
  }),
);

const manifestSchema = z.object({ exports: z.unknown() });

describe("the public entries", () => {
  it("are the only ones that package.json lets resolve", () => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(`${root}/package.json`, "utf8")));
    expect(manifest.exports).toEqual(exportsMap);
  });

  it("export exactly the names in public-api.json", () => {
    const committed: unknown = JSON.parse(readFileSync(`${root}/test/architecture/public-api.json`, "utf8"));
    expect(JSON.parse(publicApi().text), "run npm run generate and judge the difference").toEqual(committed);
  });
});
