// What lies in the repository: its root, its files, and which layer of src each file belongs to.
import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { layers, type Layer } from "./layers.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));

const ignoredFolders = new Set(["node_modules", "dist", "coverage", ".git", ".cache"]);

/** The files below `folder` (a path from the root) which people write, as paths from the root with `/`, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return filesBelowAll(folder).filter((path) => !path.split("/").some((part) => ignoredFolders.has(part)));
}

/** As {@link filesBelow}, with what is built and installed. */
export function filesBelowAll(folder: string): readonly string[] {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** The TypeScript files that are built: those of src, without tests. */
export function builtFiles(): readonly string[] {
  return filesBelow("src").filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
}

/** The layer of a file below src: the deepest listed folder that holds it, or undefined for a folder not listed. */
export function layerOf(path: string): Layer | undefined {
  const inSource = path.replace(/^src\//, "");
  if (!inSource.includes("/")) return layers.find((layer) => layer.folder === ".");
  return layers
    .filter((layer) => inSource.startsWith(`${layer.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** The layers that have at least one file to build. */
export function presentLayers(): readonly Layer[] {
  const present = new Set(builtFiles().map(layerOf));
  return layers.filter((layer) => present.has(layer));
}
