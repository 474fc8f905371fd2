// JSON Schema: what is refused, where, and in which words; and that nothing else is.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../domain/json.ts";
import { JsonSchemaValidator } from "./json-schema-validator.ts";

const person: JsonObject = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 1 },
    age: { type: "integer", minimum: 0 },
    size: { enum: ["small", "large"] },
    mail: { type: "string", format: "email" },
    "a/b~c": { type: "array", prefixItems: [{ type: "string" }], items: false },
  },
  required: ["name"],
  additionalProperties: false,
};

async function issuesFor(value: unknown, schema: JsonObject = person) {
  return (await new JsonSchemaValidator().compile(schema))(value);
}

describe("a JSON Schema of 2020-12", () => {
  it("SEM 21 names the path and the reason of every problem", async () => {
    expect(await issuesFor({ age: -1, size: "huge", nam: "x", "a/b~c": [1, 2] })).toEqual([
      { path: "name", code: "REQUIRED", message: "is missing" },
      { path: "nam", code: "UNKNOWN_FIELD", message: 'unknown field "nam"; did you mean name?' },
      { path: "age", code: "OUT_OF_RANGE", message: "must be >= 0" },
      { path: "size", code: "INVALID_VALUE", message: 'expected "small", "large"' },
      { path: "a/b~c.0", code: "WRONG_TYPE", message: "must be string" },
      { path: "a/b~c", code: "INVALID_VALUE", message: "must NOT have more than 1 items" },
    ]);
    expect(await issuesFor("x")).toEqual([{ path: "", code: "WRONG_TYPE", message: "must be object" }]);
  });

  it("changes nothing in what it checks, and lets formats and unknown keywords pass", async () => {
    const value = Object.freeze({ name: "a", mail: "nobody" });
    expect(await issuesFor(value)).toEqual([]);
    const schema = { properties: { n: { type: "number", default: 1 } }, "x-note": "ours" };
    const given = {};
    expect(await issuesFor(given, schema)).toEqual([]);
    expect(given).toEqual({});
  });

  it("names a hundred problems at most", async () => {
    const issues = await issuesFor(Array(500).fill("x"), { items: { type: "number" } });
    expect(issues).toHaveLength(100);
  });

  it("that is none is refused with the reason, one of another draft too", async () => {
    const validator = new JsonSchemaValidator();
    await expect(validator.compile({ type: "strng" })).rejects.toThrow(/type/u);
    const older = { $schema: "http://json-schema.org/draft-07/schema#", type: "object" };
    await expect(validator.compile(older)).rejects.toThrow(/draft-07/u);
  });

  it("may share its $id with another, and refer to itself", async () => {
    const validator = new JsonSchemaValidator();
    const tree = (leaf: string): JsonObject => ({
      $id: "tree",
      type: "object",
      properties: { leaf: { type: leaf }, next: { $ref: "#" } },
    });
    const numbers = await validator.compile(tree("number"));
    const texts = await validator.compile(tree("string"));
    const value = { leaf: 1, next: { leaf: "x" } };
    expect(numbers(value).map(({ path }) => path)).toEqual(["next.leaf"]);
    expect(texts(value).map(({ path }) => path)).toEqual(["leaf"]);
  });

  it("is read once, however often it comes", async () => {
    const validator = new JsonSchemaValidator();
    expect(await validator.compile({ ...person })).toBe(await validator.compile({ ...person }));
  });
});
