// The OpenAPI document is clean under every rule of a linter that others use, not only under our own tests.
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { openApiDocument, type OpenApiDocument } from "../../src/http/openapi.ts";

/**
 * SEM 29 gives this path. It meets `/api/v1/tasks/{id}/…` only for a task whose id were `by-external-id`, and ids of
 * tasks begin with `task_`; `http-task-content.test.ts` asks for external ids that are names of such paths.
 */
const namedBySem29 = "`/api/v1/tasks/by-external-id/{externalId}`";

async function findingsIn(document: OpenApiDocument): Promise<readonly string[]> {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems
    .filter(({ ruleId, message }) => ruleId !== "no-ambiguous-paths" || !message.includes(namedBySem29))
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ""}`);
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
