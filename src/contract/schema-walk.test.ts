// Reading text by the meaning of a field's schema.

import { describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.ts";
import { fieldsAt, readText } from "./schema-walk.ts";

const list = catalogue["tasks.list"].input.shape;
const create = catalogue["tasks.create"].input.shape;
const trigger = catalogue["tasks.trigger"].input.shape;

describe("a text for a field", () => {
  it("becomes a number or a switch where the field is one", () => {
    expect(readText(list.limit, ["20"])).toBe(20);
    expect(readText(list.limit, ["many"])).toBe("many");
    expect(readText(trigger.force, ["true"])).toBe(true);
    expect(readText(trigger.force, ["yes"])).toBe("yes");
  });

  it("becomes a list by commas or by repetition", () => {
    expect(readText(list.status, ["active,paused"])).toEqual(["active", "paused"]);
    expect(readText(list.tag, ["a", "b"])).toEqual(["a", "b"]);
    expect(readText(list.tag, ["1,2"])).toEqual(["1", "2"]);
    expect(readText(list.priority, ["high,10"])).toEqual(["high", 10]);
  });

  it("stays a text where a duration is meant, so that a bare number is refused for its unit", () => {
    expect(readText(trigger.wait, ["30s"])).toBe("30s");
    expect(readText(trigger.wait, ["30"])).toBe("30");
  });

  it("is read as JSON where anything or an object is accepted", () => {
    expect(readText(create.params, ['{"a":1}'])).toEqual({ a: 1 });
    expect(readText(create.params, ["plain"])).toBe("plain");
    expect(readText(create.retry, ['{"maxAttempts":3}'])).toEqual({ maxAttempts: 3 });
    expect(readText(create.name, ["123"])).toBe("123");
  });
});

describe("the fields known at a place", () => {
  it("are found through optional fields, lists and alternatives", () => {
    const { input } = catalogue["tasks.create"];
    expect(fieldsAt(input, [])).toContain("dependsOn");
    expect(fieldsAt(input, ["dependsOn", 3])).toEqual(["task", "within"]);
    expect(fieldsAt(input, ["misfire"])).toEqual(["policy", "grace", "maxAge", "cap"]);
    expect(fieldsAt(input, ["nothing", "here"])).toEqual([]);
  });
});
