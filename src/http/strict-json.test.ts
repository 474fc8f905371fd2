// Bodies: what JSON.parse would take silently and we refuse.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RotaError, type Issue } from "../domain/errors.ts";
import { isDeeperThan } from "../domain/json.ts";
import { readStrictJson } from "./strict-json.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function issueOf(body: Uint8Array): Issue | undefined {
  try {
    readStrictJson(body);
  } catch (error) {
    if (!RotaError.isInstance(error)) throw error;
    return (error.details["issues"] as readonly Issue[])[0]; // what the reader puts there
  }
  return undefined;
}

describe("a JSON body", () => {
  it("is read as JSON.parse reads it, where there is only one way to read it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('"__proto__"') && !isDeeperThan(value, 60));
        // Doubles beyond 2^53 are written as integers that do not read back exactly; those are refused below.
        fc.pre(issueOf(bytes(text))?.code !== "INEXACT_NUMBER");
        expect(readStrictJson(bytes(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a key twice", '{"a":1,"b":{"x":1,"x":2}}', "b.x", "DUPLICATE_KEY"],
    ["a key twice in another spelling", '{"a":1,"\\u0061":2}', "a", "DUPLICATE_KEY"],
    ["the key __proto__", '{"params":{"__proto__":{"admin":true}}}', "params.__proto__", "NOT_ALLOWED"],
    ["the key __proto__ in disguise", '{"\\u005f_proto__":1}', "__proto__", "NOT_ALLOWED"],
    ["an integer that cannot be held", '{"n":[0,9007199254740993]}', "n.1", "INEXACT_NUMBER"],
    ["a number beyond all numbers", '{"n":1e999}', "n", "INEXACT_NUMBER"],
  ])("with %s is refused with its place", (...row) => {
    const [, text, path, code] = row;
    expect(issueOf(bytes(text))).toMatchObject({ path, code });
  });

  it("may have the same key in different objects, keys that look like syntax, and exact large integers", () => {
    expect(issueOf(bytes('[{"a":1},{"a":1}]'))).toBeUndefined();
    expect(issueOf(bytes('{"a,\\"b\\":{[":1,"c":"}]\\\\"}'))).toBeUndefined();
    expect(issueOf(bytes('{"n":9007199254740992,"m":-123456789012345}'))).toBeUndefined();
  });

  it.each([
    ["invalid UTF-8", Uint8Array.of(0x22, 0xc3, 0x28, 0x22), "INVALID_UTF8"],
    ["an unpaired surrogate in bytes", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "INVALID_UTF8"],
    ["half an object", bytes('{"a":'), "BROKEN_JSON"],
    ["100,000 open brackets", bytes("[".repeat(100_000)), "BROKEN_JSON"],
    ["nesting 10,000 deep", bytes("[".repeat(10_000) + "]".repeat(10_000)), "TOO_DEEP"],
  ])("with %s is refused", (_, body, code) => {
    expect(issueOf(body)).toMatchObject({ code });
  });

  it("I9 leads to nothing but a value or a refusal, whatever the bytes", () => {
    const hostile = fc.stringMatching(/^[[\]{}",:0-9eE.+\-\\u ]{0,40}$/);
    fc.assert(
      fc.property(hostile, (text) => void issueOf(bytes(text))),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void issueOf(body)),
      { numRuns: 1000 },
    );
  });
});
