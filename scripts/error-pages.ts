// docs/reference/errors.md: a section for every error code, from the catalogue in src/domain/errors.ts.
import { errorCatalogue } from "../src/domain/errors.ts";
import type { Artifact } from "./generate/artifact.ts";

export function errorPage(): Artifact {
  const sections = Object.entries(errorCatalogue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { meaning, when, remedy }]) =>
      [`## ${code}`, meaning, `**When:** ${when}`, `**What to do:** ${remedy}`].join("\n\n"),
    );
  const intro = [
    "# Errors",
    "<!-- Written by `npm run docs` from src/domain/errors.ts. -->",
    "Every refusal and failure carries one of these codes. A code never changes its meaning; new ones may be added.",
  ];
  return { path: "docs/reference/errors.md", text: `${[...intro, ...sections].join("\n\n")}\n` };
}
