// What the house style asks of every source file and a parser can judge.
import { describe, expect, it } from "vitest";
import { factsOf, type SourceFacts } from "../../scripts/source-facts.ts";
import { builtFiles, filesBelow, layerOf } from "../../scripts/source-tree.ts";

const maxCodeLines = 400;

const sources = builtFiles().map((path) => ({ path, facts: factsOf(path) }));
const everything = ["src", "test", "scripts", "bench", "examples"]
  .flatMap(filesBelow)
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, facts: factsOf(path) }));

type LineList = {
  [K in keyof SourceFacts]: SourceFacts[K] extends readonly number[] ? K : never;
}[keyof SourceFacts];

function places(files: typeof sources, kind: LineList): string[] {
  return files.flatMap(({ path, facts }) => facts[kind].map((line) => `${path}:${line}`));
}

describe("every source file", () => {
  it(`has at most ${maxCodeLines} lines of code`, () => {
    const long = everything.filter(({ facts }) => facts.codeLineCount > maxCodeLines);
    expect(long.map(({ path, facts }) => `${path}: ${facts.codeLineCount}`)).toEqual([]);
  });

  it("begins with a comment that says what it is", () => {
    const silent = everything.filter(({ facts }) => !/^(#!|\/\/ |\/\*\*? ?)/.test(facts.firstLine));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it("has no `any`", () => {
    expect(places(everything, "anyTypes")).toEqual([]);
  });

  it("has no non-null assertion", () => {
    expect(places(everything, "nonNullAssertions")).toEqual([]);
  });

  it("has no enum and no namespace", () => {
    expect(places(everything, "enumsAndNamespaces")).toEqual([]);
  });

  it("explains each type assertion of src in a comment", () => {
    expect(places(sources, "unexplainedAssertions")).toEqual([]);
  });

  it("reads no clock outside the layers that may", () => {
    const timeless = sources.filter(({ path }) => !layerOf(path)?.mayUseTime);
    expect(places(timeless, "clockReads")).toEqual([]);
  });
});
