// The contract and the client run in a browser: both are bundled for one, and nothing of Node may be in the bundle.
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { builtFiles, presentLayers, root } from "../../scripts/source-tree.ts";

const browserLayers = presentLayers().filter((layer) => ["contract", "client"].includes(layer.folder));

/** Bundles every file of the layer, so that none can hide behind an entry that does not reach it. */
async function bundle(folder: string): Promise<{ text: string; inputs: string[] }> {
  const result = await build({
    entryPoints: builtFiles().filter((path) => path.startsWith(`src/${folder}/`)),
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "esm",
    outdir: "dist",
    logLevel: "silent",
    absWorkingDir: root,
  });
  return {
    text: result.outputFiles.map((file) => file.text).join("\n"),
    inputs: Object.keys(result.metafile.inputs),
  };
}

describe("in a browser", () => {
  it("the contract exists to be bundled", () => {
    expect(browserLayers.map((layer) => layer.folder)).toContain("contract");
  });

  it.each(browserLayers.map((layer) => layer.folder))(
    "src/%s bundles without a module of Node",
    async (folder) => {
      const { text, inputs } = await bundle(folder);
      expect(text).not.toMatch(/["']node:/);
      expect(
        inputs.filter((path) => path.startsWith("src/") && !/^src\/(contract|client|domain)\//.test(path)),
      ).toEqual([]);
    },
  );
});
