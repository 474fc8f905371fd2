// Templates: where their expressions lie, and what they become.

import { describe, expect, it } from "vitest";
import { expressionsOf, expressionText, fill } from "./template.ts";

describe("a template", () => {
  const template = {
    a: "{% input.x %}",
    b: ["plain", "{%y%}", { $function: "f" }],
    c: { d: 1, "{% not a value %}": null },
  };

  it("names its expressions with their places", () => {
    expect(expressionsOf(template)).toEqual([
      { path: "a", expression: "input.x" },
      { path: "b.1", expression: "y" },
      { path: "b.2", expression: { $function: "f" } },
    ]);
  });

  it("takes the values of its expressions, and leaves the rest as it is", () => {
    expect(fill(template, [{ deep: true }, 2, "three"])).toEqual({
      a: { deep: true },
      b: ["plain", 2, "three"],
      c: { d: 1, "{% not a value %}": null },
    });
  });

  it("is a string with an expression only as a whole", () => {
    expect(expressionsOf("total: {% x %}")).toEqual([]);
    expect(expressionText("{% x > 1 %}")).toBe("x > 1");
    expect(expressionText(" x > 1 ")).toBe("x > 1");
  });

  it("keeps keys that have a meaning for JavaScript", () => {
    const hostile: unknown = JSON.parse('{"__proto__": "{% x %}", "constructor": 1}');
    expect(JSON.stringify(fill(hostile as Parameters<typeof fill>[0], [7]))).toBe(
      '{"__proto__":7,"constructor":1}',
    );
  });
});
