// What the house style asks of a source file and only a parser can tell: code lines, `any`, assertions, hidden clocks.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { root } from "./source-tree.ts";

export interface SourceFacts {
  /** Lines that are neither blank nor only comment. */
  readonly codeLineCount: number;
  readonly firstLine: string;
  /** Lines (from 1) on which each is found. */
  readonly anyTypes: readonly number[];
  readonly nonNullAssertions: readonly number[];
  /** `x as T` without a comment on its line or the line above; `as const` is no assertion. */
  readonly unexplainedAssertions: readonly number[];
  /** `new Date()` and `Date()`, which read the machine's clock. */
  readonly clockReads: readonly number[];
  readonly enumsAndNamespaces: readonly number[];
}

export function factsOf(path: string): SourceFacts {
  const text = readFileSync(join(root, path), "utf8");
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message ?? ""}`);
  const lineOf = lineFinder(text);
  const commentLines = new Set(comments.flatMap(({ start, end }) => range(lineOf(start), lineOf(end))));
  const isExplained = (line: number): boolean => commentLines.has(line) || commentLines.has(line - 1);

  const anyTypes: number[] = [];
  const nonNullAssertions: number[] = [];
  const unexplainedAssertions: number[] = [];
  const clockReads: number[] = [];
  const enumsAndNamespaces: number[] = [];
  const assertion = (start: number, end: number, isConst: boolean): void => {
    if (!isConst && !isExplained(lineOf(start)) && !isExplained(lineOf(end))) {
      unexplainedAssertions.push(lineOf(end));
    }
  };
  new Visitor({
    TSAnyKeyword: (node) => void anyTypes.push(lineOf(node.start)),
    TSNonNullExpression: (node) => void nonNullAssertions.push(lineOf(node.start)),
    TSAsExpression: (node) =>
      assertion(
        node.start,
        node.end,
        text.slice(node.typeAnnotation.start, node.typeAnnotation.end) === "const",
      ),
    TSTypeAssertion: (node) => assertion(node.start, node.end, false),
    NewExpression: (node) => {
      const isDate = node.callee.type === "Identifier" && node.callee.name === "Date";
      if (isDate && node.arguments.length === 0) clockReads.push(lineOf(node.start));
    },
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "Date")
        clockReads.push(lineOf(node.start));
    },
    TSEnumDeclaration: (node) => void enumsAndNamespaces.push(lineOf(node.start)),
    // `declare module "package"` only describes somebody else's types.
    TSModuleDeclaration: (node) => {
      if (node.id.type !== "Literal") enumsAndNamespaces.push(lineOf(node.start));
    },
  }).visit(program);
  return {
    codeLineCount: countCodeLines(text, comments),
    firstLine: text.slice(0, text.indexOf("\n")),
    anyTypes,
    nonNullAssertions,
    unexplainedAssertions,
    clockReads,
    enumsAndNamespaces,
  };
}

function countCodeLines(text: string, comments: readonly { start: number; end: number }[]): number {
  let code = "";
  let at = 0;
  for (const { start, end } of comments) {
    code += text.slice(at, start) + text.slice(start, end).replaceAll(/[^\n]/g, "");
    at = end;
  }
  code += text.slice(at);
  return code.split("\n").filter((line) => line.trim() !== "").length;
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
