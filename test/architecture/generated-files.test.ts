// Generated files are never behind what they are generated from.
import { describe, expect, it } from "vitest";
import { documents } from "../../scripts/docs.ts";
import { generatedFiles } from "../../scripts/generate.ts";
import { staleFiles } from "../../scripts/generate/artifact.ts";

describe("generated files", () => {
  it("that hold the architecture are fresh (else: npm run generate)", () => {
    expect(staleFiles(generatedFiles()).map((file) => file.path)).toEqual([]);
  });

  it("of the reference are fresh (else: npm run docs)", () => {
    expect(staleFiles(documents()).map((file) => file.path)).toEqual([]);
  });
});
