// The tsconfig.json of each layer, with references to the layers it may import, and the two at the root: one builds src,
// the other is what editors, the linter and `tsc -b` find, and has the tests and scripts too.
import { posix } from "node:path";
import { layers, type Layer } from "../layers.ts";
import { presentLayers } from "../source-tree.ts";
import type { Artifact } from "./artifact.ts";
import { printJson } from "./json.ts";

const note = "// Written by `npm run generate` from scripts/layers.ts: change that instead.\n";

export function tsconfigs(): readonly Artifact[] {
  const present = presentLayers();
  const layerPaths = present.map((layer) => posix.join("src", layer.folder));
  return [
    solution("tsconfig.build.json", layerPaths),
    solution("tsconfig.json", [...layerPaths, "test"]),
    ...present.map((layer) => layerTsconfig(layer, present)),
  ];
}

function solution(path: string, folders: readonly string[]): Artifact {
  return {
    path,
    text: note + printJson({ files: [], references: folders.map((folder) => ({ path: folder })) }),
  };
}

function layerTsconfig(layer: Layer, present: readonly Layer[]): Artifact {
  const folder = posix.join("src", layer.folder);
  const toRoot = posix.relative(folder, ".");
  const isRootOfSource = layer.folder === ".";
  const nested = layers.filter((other) => other.folder.startsWith(`${layer.folder}/`));
  const references = present
    .filter((other) => layer.imports.includes(other.folder))
    .map((other) => ({ path: posix.relative(folder, posix.join("src", other.folder)) }));
  const buildInfo = isRootOfSource ? "index" : layer.folder.replace("/", "-");
  const text = printJson({
    extends: `${toRoot}/tsconfig.base.json`,
    compilerOptions: { tsBuildInfoFile: `${toRoot}/dist/.tsbuild/${buildInfo}.tsbuildinfo` },
    include: [isRootOfSource ? "*.ts" : "**/*.ts"],
    exclude: [
      isRootOfSource ? "*.test.ts" : "**/*.test.ts",
      ...nested.map((other) => `${posix.relative(folder, posix.join("src", other.folder))}/**`),
    ],
    references,
  });
  return { path: `${folder}/tsconfig.json`, text: note + text };
}
