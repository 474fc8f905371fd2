// The layers: every import of src is resolved and held against scripts/layers.ts, which the linter can do only roughly.
import { describe, expect, it } from "vitest";
import { layers, type Layer } from "../../scripts/layers.ts";
import { findCycle, importsOf, type Import } from "../../scripts/module-graph.ts";
import { builtFiles, filesBelow, layerOf } from "../../scripts/source-tree.ts";

function wrongWith(path: string, layer: Layer, imported: Import): string | undefined {
  if (imported.file) return wrongFile(path, layer, imported.file);
  if (imported.specifier.startsWith("node:")) {
    const name = imported.specifier.slice("node:".length);
    const isAllowed = layer.node === "any" || (layer.node !== "none" && layer.node.includes(name));
    return isAllowed ? undefined : `imports ${imported.specifier}`;
  }
  const isAllowed = layer.npm.some(
    (name) => imported.specifier === name || imported.specifier.startsWith(`${name}/`),
  );
  return isAllowed ? undefined : `imports the package ${imported.specifier}`;
}

function wrongFile(path: string, layer: Layer, file: string): string | undefined {
  if (!file.startsWith("src/")) return `leaves src: ${file}`;
  if (file.endsWith(".test.ts")) return `imports a test: ${file}`;
  const target = layerOf(file);
  if (!target) return `imports ${file}, which is in no layer`;
  if (target === layer) return isSideways(path, layer, file) ? `imports its sibling ${file}` : undefined;
  return layer.imports.includes(target.folder) ? undefined : `imports ${file}`;
}

function isSideways(path: string, layer: Layer, file: string): boolean {
  const partOf = (other: string): string | undefined =>
    layer.parts?.find((part) => other.startsWith(`src/${layer.folder}/${part}/`));
  const [from, to] = [partOf(path), partOf(file)];
  return from !== undefined && to !== undefined && from !== to;
}

describe("the layers of src", () => {
  it("every source file belongs to a layer", () => {
    expect(builtFiles().filter((path) => !layerOf(path))).toEqual([]);
  });

  it("every import is one that its layer may make", () => {
    const wrong = builtFiles().flatMap((path) => {
      const layer = layerOf(path);
      if (!layer) return [];
      return importsOf(path).flatMap((imported) => {
        const problem = wrongWith(path, layer, imported);
        return problem ? [`${path} ${problem}`] : [];
      });
    });
    expect(wrong).toEqual([]);
  });

  it("a layer only imports layers that stand before it in the list", () => {
    const wrong = layers.flatMap((layer, index) => {
      const before = new Set(layers.slice(0, index).map((other) => other.folder));
      return layer.imports
        .filter((folder) => !before.has(folder))
        .map((folder) => `${layer.folder} → ${folder}`);
    });
    expect(wrong).toEqual([]);
  });

  it("no import cycle exists at run time", () => {
    expect(findCycle(filesBelow("src").filter((path) => path.endsWith(".ts")))).toBeUndefined();
  });
});
