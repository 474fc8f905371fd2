// The OpenAPI document is clean under every rule of a linter that others use, not only under our own tests.
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { openApiDocument, type OpenApiDocument } from "../../src/http/openapi.ts";

async function findingsIn(document: OpenApiDocument): Promise<readonly string[]> {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ""}`,
  );
}

describe("the OpenAPI document", () => {
  it("S0.51 P12 has no finding under the strict rules of Redocly's linter", async () => {
    expect(await findingsIn(openApiDocument())).toEqual([]);
  });

  it("would not pass with a reference to nowhere, or an operation without an id", async () => {
    const text = JSON.stringify(openApiDocument());
    const changed = text
      .replace("#/components/schemas/Problem", "#/components/schemas/Probelm")
      .replace('"operationId":"tasks.list",', "");
    const findings = await findingsIn(JSON.parse(changed) as OpenApiDocument); // as it was, but for two places
    expect(findings.some((finding) => finding.startsWith("no-unresolved-refs"))).toBe(true);
    expect(findings.some((finding) => finding.startsWith("operation-operationId"))).toBe(true);
  });
});
