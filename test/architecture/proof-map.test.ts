// The numbers that tests cite: each exists, so that a slip of the pen does not prove nothing.
import { describe, expect, it } from "vitest";
import { findProofs, numbersIn, readSections } from "../../scripts/proof-map.ts";

describe("the proof map", () => {
  it("knows every number that a test cites", () => {
    const known = new Set(readSections().flatMap((section) => Object.keys(section.features)));
    const unknown = findProofs().flatMap(({ path, numbers }) =>
      numbers.filter((number) => !known.has(number)).map((number) => `${path}: ${number}`),
    );
    expect(unknown).toEqual([]);
  });

  it("reads single numbers, several, and ranges", () => {
    expect(numbersIn("plain words, 42 and PT1H")).toEqual([]);
    expect(numbersIn(["S", "1.39 counts 1 as Monday (C", "2, SEM ", "37)"].join(""))).toHaveLength(3);
    expect(numbersIn(["I", "1–I", "3 hold"].join(""))).toHaveLength(3);
  });

  it("has no promise twice", () => {
    const numbers = readSections().flatMap((section) => Object.keys(section.features));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
