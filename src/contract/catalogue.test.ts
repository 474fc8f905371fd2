// The catalogue as a whole: every entry is complete and agrees with itself.

import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { errorCatalogue } from "../domain/errors.ts";
import { catalogue, operations } from "./catalogue.ts";
import { describeSchema } from "./json-schema.ts";
import { carriersOf, operationNames, routes, type Route } from "./routes.ts";

const named = operations.map((operation) => [operation.name, operation] as const);

describe("the catalogue", () => {
  it("has an entry for each route, under its own name", () => {
    expect(Object.keys(catalogue).toSorted()).toEqual([...operationNames].toSorted());
    for (const [name, operation] of Object.entries(catalogue)) expect(operation.name).toBe(name);
  });

  it("gives no two operations the same method and path, tool or command line", () => {
    const places = operations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, "{}")}`);
    const commands = operations.map(({ cli }) => [cli.noun, cli.verb].join(" "));
    expect(new Set(places).size).toBe(operations.length);
    expect(new Set(commands).size).toBe(operations.length);
  });

  it.each(named)("%s names only fields, columns, codes and operations that exist", (_, operation) => {
    const fields = Object.keys(operation.input.shape);
    const { path, query } = carriersOf(operation, fields);
    const { query: inQuery = [], ifMatch = path[0], created, undo } = operation;
    const { args = [], columns = [] } = operation.cli;
    const known = [...fields, undefined];
    expect(known).toEqual(expect.arrayContaining([...path, ...inQuery, ...args, ifMatch]));
    expect(columnsOf(operation.output)).toEqual(
      expect.arrayContaining(columns.map((column) => column.split(".")[0])),
    );
    expect(Object.keys(errorCatalogue)).toEqual(expect.arrayContaining([...operation.errors]));
    const others = [created, undo].filter((other) => other !== undefined && !other.includes(" "));
    expect(operationNames).toEqual(expect.arrayContaining(others));
    // What only reads has no body: all its fields are in the path or in the query.
    const unplaced = fields.filter((field) => !path.includes(field) && !query.includes(field));
    expect(operation.method === "GET" ? unplaced : []).toEqual([]);
  });

  it.each(named)("%s says what it does in both languages", (_, operation) => {
    expect(operation.summary.en).toMatch(/^[A-Z][^\n]*[^.]$/);
    expect(operation.summary.zh).toMatch(/\p{Script=Han}/u);
  });

  it("asks more than a viewer for whatever changes something, and says how to take changes back", () => {
    const closed = operations.filter(
      ({ effect, permission }) => effect === "reads" && permission !== "viewer",
    );
    expect(closed.map(({ name }) => name)).toEqual(["keys.list", "keys.get", "audit.list"]);
    expect(
      operations.filter(({ permission, effect }) => permission === "viewer" && effect !== "reads"),
    ).toEqual([]);
    expect(operations.filter(({ effect, undo }) => effect === "changes" && undo === undefined)).toEqual([]);
    expect(operations.filter(({ method, effect }) => method === "GET" && effect !== "reads")).toEqual([]);
  });

  it.each(named)("%s shows its input and output as JSON Schema", (_, operation) => {
    const input = describeSchema(operation.input);
    expect(input.schema).toMatchObject({ type: "object", additionalProperties: false });
    expect(describeSchema(operation.output).schema).toBeTypeOf("object");
    const refs = [...JSON.stringify(input).matchAll(/"#\/\$defs\/(\w+)"/g)].map((match) => match[1]);
    for (const ref of refs) expect(input.named).toHaveProperty(ref ?? "");
  });

  it("SEM 39 gives a reason wherever speech or MCP do not carry an operation", () => {
    const reasons = operations.flatMap(({ mcp, say }) =>
      [mcp, say].flatMap((face) => ("none" in face ? [face.none] : [])),
    );
    const tools = operations.flatMap(({ mcp }) => ("tool" in mcp ? [mcp.tool] : []));
    expect(reasons.filter((reason) => reason.length < 10)).toEqual([]);
    expect(tools.filter((tool) => !/^[a-z]+(_[a-z]+)+$/.test(tool))).toEqual([]);
  });

  it("runs in a browser", async () => {
    const { errors, outputFiles } = await build({
      entryPoints: ["src/contract/catalogue.ts"],
      bundle: true,
      write: false,
      platform: "browser",
      format: "esm",
      logLevel: "silent",
    });
    expect(errors).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/from\s*"node:/);
  });
});

describe("routes", () => {
  it("sort the fields of an input into path, query and body", () => {
    expect(carriersOf(routes["tasks.trigger"], ["id", "wait", "params"])).toEqual({
      path: ["id"],
      query: ["wait"],
      body: ["params"],
    });
    expect(carriersOf(routes["tasks.list"], ["status", "limit"])).toEqual({
      path: [],
      query: ["status", "limit"],
      body: [],
    });
    const update: Route = routes["tasks.update"];
    expect(carriersOf(update, ["id", "expectedRevision", "name"])).toEqual({
      path: ["id"],
      query: [],
      body: ["name"],
    });
  });
});

/** Fields of the answer, and of its items where it is a list. */
function columnsOf(output: z.ZodType): readonly string[] {
  if (!(output instanceof z.ZodObject)) return [];
  const shape = output.shape as Record<string, z.ZodType>; // every field of ours is a full schema
  const lists = Object.values(shape).filter((field) => field instanceof z.ZodArray);
  const items = lists.map((field) => field.element).filter((element) => element instanceof z.ZodObject);
  return [...Object.keys(shape), ...items.flatMap((item) => Object.keys(item.shape))];
}
