// `npm run docs`: writes the reference pages that are made from the code.
import { cliPage } from "./cli-page.ts";
import { configPage } from "./config-page.ts";
import { errorPage } from "./error-pages.ts";
import type { Artifact } from "./generate/artifact.ts";
import { staleFiles, writeFiles } from "./generate/artifact.ts";
import { featurePage } from "./proof-map.ts";

export function documents(): readonly Artifact[] {
  return [featurePage(), errorPage(), cliPage(), configPage()];
}

if (import.meta.main) {
  const stale = staleFiles(documents());
  writeFiles(stale);
  console.log(
    stale.length === 0 ? "all pages are up to date" : `wrote ${stale.map((file) => file.path).join(", ")}`,
  );
}
