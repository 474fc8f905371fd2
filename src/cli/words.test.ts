// What the command line says to people, it can say in both languages.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { operations } from "../contract/catalogue.ts";
import { errorCatalogue, type ErrorCode } from "../domain/errors.ts";
import { spokenError } from "./error-words.ts";
import { exitCodes } from "./exit-code.ts";
import { chineseOf } from "./headings.ts";

const han = /\p{Script=Han}/u;
// The keys of the catalogue, which `Object.keys` widens to strings.
const codes = Object.keys(errorCatalogue) as ErrorCode[];

describe("in English and in Chinese there is", () => {
  it.each(codes)("a heading and a remedy for %s", (code) => {
    const { heading, remedy } = spokenError(code);
    for (const words of [heading, remedy]) {
      expect(words.en).toMatch(/[a-z]/);
      expect(words.en).not.toMatch(han);
      expect(words.zh).toMatch(han);
    }
  });

  it("a meaning for each exit code", () => {
    for (const { en, zh } of Object.values(exitCodes)) {
      expect(en).not.toMatch(han);
      expect(zh).toMatch(han);
    }
  });

  it("a name for each field of each answer", () => {
    const fields = new Set(
      operations.flatMap(({ output }) => fieldsIn(z.toJSONSchema(output, { io: "input" }))),
    );
    expect(fields.size).toBeGreaterThan(100);
    expect([...fields].filter((field) => chineseOf(field) === undefined)).toEqual([]);
  });
});

/** The names of all properties anywhere in a JSON Schema. */
function fieldsIn(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema ? Object.keys(schema.properties ?? {}) : [];
  return [...own, ...Object.values(schema).flatMap(fieldsIn)];
}
