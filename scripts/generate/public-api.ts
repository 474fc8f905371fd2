// The names each public entry exports, so that a change of the public API is seen in review.
import { publicEntries } from "../layers.ts";
import { exportedNames } from "../module-graph.ts";
import { readIfPresent, type Artifact } from "./artifact.ts";
import { printJson } from "./json.ts";

/** An entry whose file is not written yet stands in the list as empty. */
export function publicApi(): Artifact {
  const names = Object.entries(publicEntries).map(([entry, path]) => {
    const isWritten = readIfPresent(path) !== undefined;
    return [entry, isWritten ? exportedNames(path) : []];
  });
  return { path: "test/architecture/public-api.json", text: printJson(Object.fromEntries(names)) };
}
