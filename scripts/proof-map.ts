// docs/reference/features.md: every numbered promise, and the tests whose names say that they prove it.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync, Visitor, type CallExpression, type Expression } from "oxc-parser";
import { z } from "zod";
import type { Artifact } from "./generate/artifact.ts";
import { filesBelow, root } from "./source-tree.ts";

const sectionSchema = z.object({
  key: z.string(),
  title: z.string(),
  /** The number, and the promise in one line. */
  features: z.record(z.string(), z.string()),
});
type Section = z.infer<typeof sectionSchema>;

/** A test that cites numbers in its name. */
export interface Proof {
  readonly path: string;
  readonly name: string;
  readonly numbers: readonly string[];
}

const path = "docs/reference/features.md";
const testFunctions = new Set(["it", "test", "describe"]);
const citation = /\b(?:S[0-4]\.\d+|SEM \d+|[PNCIRE]\d+)\b/g;
/** "S1.25–S1.32" cites all eight. */
const rangeCitation = /\b(S[0-4]\.|SEM |[PNCIRE])(\d+)\s*[–-]\s*\1(\d+)\b/g;

export function readSections(): readonly Section[] {
  return z.array(sectionSchema).parse(JSON.parse(readFileSync(join(root, "scripts/features.json"), "utf8")));
}

/** Every test of the repository whose name, or whose group's name, cites a number; those that are skipped do not count. */
export function findProofs(): readonly Proof[] {
  return ["src", "test", "examples"]
    .flatMap(filesBelow)
    .filter((file) => file.endsWith(".test.ts"))
    .flatMap(proofsIn);
}

function proofsIn(file: string): readonly Proof[] {
  const { program } = parseSync(file, readFileSync(join(root, file), "utf8"));
  const proofs: Proof[] = [];
  new Visitor({
    CallExpression: (node) => {
      const name = testNameOf(node);
      const numbers = name === undefined ? [] : numbersIn(name);
      if (name !== undefined && numbers.length > 0) proofs.push({ path: file, name, numbers });
    },
  }).visit(program);
  return proofs;
}

/** The name given to `it("…")`, `describe.each(…)("…")` and the like; undefined for any other call and for skipped tests. */
function testNameOf(call: CallExpression): string | undefined {
  const words = wordsOf(call.callee);
  if (!testFunctions.has(words[0] ?? "") || words.includes("skip") || words.includes("todo"))
    return undefined;
  const [first] = call.arguments;
  if (first?.type === "Literal" && typeof first.value === "string") return first.value;
  if (first?.type === "TemplateLiteral") return first.quasis.map((part) => part.value.cooked ?? "").join("…");
  return undefined;
}

/** `describe.each([…])` as ["describe", "each"]. */
function wordsOf(callee: Expression): readonly string[] {
  if (callee.type === "Identifier") return [callee.name];
  if (callee.type === "CallExpression") return wordsOf(callee.callee);
  if (callee.type === "TaggedTemplateExpression") return wordsOf(callee.tag);
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return [];
  return [...wordsOf(callee.object), callee.property.name];
}

export function numbersIn(name: string): readonly string[] {
  const ranged = [...name.matchAll(rangeCitation)].flatMap(([, prefix = "", from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => `${prefix}${Number(from) + index}`),
  );
  return [...new Set([...(name.match(citation) ?? []), ...ranged])];
}

export function featurePage(): Artifact {
  const proofs = findProofs();
  const parts = readSections().map((section) => sectionText(section, proofs));
  const intro = [
    "# Features and what proves them",
    "<!-- Written by `npm run docs` from scripts/features.json and the names of the tests. -->",
    "Rota has grown out of five earlier designs (S0 to S4); these are their promises, the decisions where they contradict" +
      " each other (C), what good systems of this kind have (P), what is new here (N), the invariants (I, and R under" +
      " faults), the sections of the semantics (SEM) and the performance bars (E). A promise is proven by a test that" +
      " cites its number; where there is none, it is open.",
  ];
  return { path, text: `${[...intro, ...parts].join("\n\n")}\n` };
}

function sectionText({ key, title, features }: Section, proofs: readonly Proof[]): string {
  const rows = Object.entries(features).map(([number, text]) => {
    const proven = proofs.filter((proof) => proof.numbers.includes(number)).map(proofText);
    return { number, text, proven };
  });
  const provenCount = rows.filter((row) => row.proven.length > 0).length;
  const lines = rows.map(
    ({ number, text, proven }) => `| ${number} | ${escape(text)} | ${proven.join("<br>") || "open"} |`,
  );
  const head = [`## ${key}: ${title}`, "", `${provenCount} of ${rows.length} proven.`, ""];
  return [...head, "| number | promise | proven by |", "| --- | --- | --- |", ...lines].join("\n");
}

function proofText({ path: file, name }: Proof): string {
  return `[${file}](${posix.relative(posix.dirname(path), file)}) › ${escape(name)}`;
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
