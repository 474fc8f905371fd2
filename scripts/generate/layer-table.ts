// The table of layers in ARCHITECTURE.md, between its markers.
import { layers, type Layer } from "../layers.ts";
import { readIfPresent, replaceBetweenMarkers, type Artifact } from "./artifact.ts";

const path = "ARCHITECTURE.md";
const emptyPage = "# Architecture\n\n<!-- layers:begin -->\n<!-- layers:end -->\n";

export function layerTable(): Artifact {
  const page = readIfPresent(path) ?? emptyPage;
  const header = ["layer", "what it is", "may import", "npm", "`node:`"];
  const rows = layers.map((layer) => [
    layer.folder === "." ? "`src/*.ts`" : `\`${layer.folder}\``,
    layer.purpose,
    importsOf(layer),
    layer.npm.map((name) => `\`${name}\``).join(", ") || "–",
    nodeOf(layer),
  ]);
  const table = [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
  return { path, text: replaceBetweenMarkers(page, "layers", table) };
}

function importsOf(layer: Layer): string {
  if (layer.folder === "app") return "all above";
  return layer.imports.join(", ") || "–";
}

function nodeOf(layer: Layer): string {
  if (layer.node === "any") return "as needed";
  return layer.node === "none" ? "none" : layer.node.join(", ");
}
