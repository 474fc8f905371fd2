// The OpenAPI document: complete, without loose ends, and understood by its own rules.

import { describe, expect, it } from "vitest";
import { operations } from "../contract/catalogue.ts";
import { routes, type Route } from "../contract/routes.ts";
import { openApiDocument } from "./openapi.ts";

/** Sessions are described too, and are none of the catalogue's. */
const routeOf: Readonly<Record<string, Route>> = routes;
const document = openApiDocument();

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: {
    readonly content: {
      readonly "application/json": {
        readonly schema: { readonly properties: object; readonly required?: readonly string[] };
      };
    };
  };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: object; readonly headers?: object }>
  >;
}

const described = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method,
      operation: operation as unknown as Described,
    })), // asserted below
);

describe("the OpenAPI document", () => {
  it("S0.51 describes every operation, under its name", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(described.map(({ operation }) => operation.operationId).toSorted()).toEqual(
      [...operations.map(({ name }) => name), "session.open", "session.get", "session.close"].toSorted(),
    );
  });

  it("declares each parameter of a path, and describes the others where they travel", () => {
    for (const { path, operation } of described) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      for (const parameter of declared) expect(parameter.required).toBe(true);
      for (const parameter of operation.parameters ?? []) expect(parameter.schema).toBeTypeOf("object");
    }
  });

  it("puts what is required of a body there, and nothing of the path", () => {
    const create = described.find(({ operation }) => operation.operationId === "tasks.create")?.operation;
    expect(create?.requestBody?.content["application/json"].schema.required).toEqual(["name", "type"]);
    const trigger = described.find(({ operation }) => operation.operationId === "tasks.trigger")?.operation;
    const fields = Object.keys(trigger?.requestBody?.content["application/json"].schema.properties ?? {});
    expect(fields).toContain("params");
    expect(fields).not.toContain("id");
    expect(fields).not.toContain("wait");
    expect(trigger?.parameters?.map(({ name, in: place }) => `${place} ${name}`)).toEqual([
      "path id",
      "query wait",
      "header Idempotency-Key",
    ]);
  });

  it("SEM 29 takes an Idempotency-Key wherever something changes and the answer holds no secret", () => {
    const taking = described
      .filter(({ operation }) => operation.parameters?.some(({ name }) => name === "Idempotency-Key"))
      .map(({ operation }) => operation.operationId);
    const changing = operations.filter(({ effect, name }) => effect !== "reads" && name !== "keys.create");
    expect(taking.toSorted()).toEqual(changing.map(({ name }) => name).toSorted());
  });

  it("answers every operation with a success and with problem details", () => {
    for (const { operation } of described) {
      const statuses = Object.keys(operation.responses);
      const others = routeOf[operation.operationId]?.statusWhen === undefined ? 0 : 1;
      expect(statuses.filter((each) => each.startsWith("2"))).toHaveLength(1 + others);
      expect(statuses).toContain("400");
      expect(statuses).toContain("503");
      const responses = Object.entries(operation.responses);
      expect(responses.filter(([, { description }]) => description === "")).toEqual([]);
      const failures = responses
        .filter(([status]) => status >= "400")
        .map(([, { content = {} }]) => Object.keys(content));
      expect(new Set(failures.flat())).toEqual(new Set(["application/problem+json"]));
    }
  });

  it("refers only to schemas it holds", () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of refs) {
      expect(ref).toMatch(/^#\/components\/schemas\/\w+$/);
      expect(document.components.schemas).toHaveProperty([ref.split("/").at(-1) ?? ""]);
    }
    expect(JSON.stringify(document)).not.toContain("$defs");
  });

  it("shows a task as the contract has it", () => {
    expect(document.components.schemas["Task"]).toMatchObject({
      type: "object",
      properties: {
        id: { type: "string" },
        trigger: { $ref: "#/components/schemas/Trigger" },
        schedule: { $ref: "#/components/schemas/Schedule" },
      },
    });
    expect(document.components.schemas["Trigger"]).toHaveProperty("oneOf");
    expect(document.components.schemas["Duration"]).toMatchObject({ type: ["string", "number"] });
  });
});
