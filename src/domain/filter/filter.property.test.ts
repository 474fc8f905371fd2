// Every filter can be written and read again, whatever is thrown at the reader, it answers, and not is the opposite.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passes } from "./evaluate.ts";
import {
  every,
  not,
  some,
  type Condition,
  type Filter,
  type Scalar,
  type Test,
  type Written,
} from "./expression.ts";
import { parseFilter } from "./parse.ts";
import { printFilter } from "./print.ts";
import { runStatuses } from "../run-state.ts";
import { runVocabulary } from "./vocabularies.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const step = fc.oneof(
  fc.nat(9),
  text.filter((name) => name !== "" && !/["\\]/.test(name)),
);
const instant = fc.integer({ min: 0, max: 4e12 });

function test(kind: fc.Arbitrary<Partial<Test<Written>>>, field: string): fc.Arbitrary<Filter> {
  return kind.map((rest) => ({ field, path: [], ...rest }) as Filter); // whole with what `kind` brings
}

const oneOfThese = (value: fc.Arbitrary<Written>) =>
  fc
    .uniqueArray(value, { minLength: 1, maxLength: 3, selector: (item) => JSON.stringify(item) })
    .map((values) => ({ kind: "one-of", values }) as const);
const order = fc.constantFrom("<", "<=", ">", ">=");
const compare = (value: fc.Arbitrary<Written>) => fc.record({ kind: fc.constant("compare"), order, value });
const contains = fc.record({ kind: fc.constant("contains"), text });
const number = fc.integer({ min: -1e6, max: 1e6 });
const duration = fc.nat(1e10).map((ms) => ({ kind: "duration", ms }) as const);
const fromNow = fc.integer({ min: -1e9, max: 1e9 }).map((ms) => ({ kind: "from-now", ms: ms + 0 }) as const);
const absolute = fc.oneof(
  instant.map((ms) => ({ kind: "instant", ms }) as const),
  instant.map((ms) => ({ kind: "local", localMs: ms }) as const),
  instant.map((ms) => ({ kind: "date", localMs: Math.floor(ms / 86_400_000) * 86_400_000 }) as const),
  fc.constantFrom(-1, 0, 1).map((days) => ({ kind: "day", days }) as const),
);

const tests = fc.oneof(
  test(oneOfThese(fc.constantFrom(...runStatuses)), "status"),
  test(oneOfThese(text), "type"),
  test(fc.constant({ kind: "present" }), "startedAt"),
  test(contains, "name"),
  test(compare(number), "priority"),
  test(oneOfThese(number), "attempt"),
  test(compare(duration), "duration"),
  test(compare(fc.oneof(fromNow, absolute)), "createdAt"),
  test(oneOfThese(absolute), "finishedAt"),
  fc
    .record({
      path: fc.array(step, { minLength: 1, maxLength: 4 }),
      values: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
    })
    .map(({ path, values }): Filter => ({ kind: "one-of", field: "params", path, values })),
);

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tests,
    fc
      .array(tie("filter"), { maxLength: 3 })
      .map((parts) => every(parts.filter((part) => part !== undefined))),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map(some),
    tie("filter").map(not),
  ),
}));

/** Everything and nothing can stand alone only: they are no test of anything. */
function isSpeakable(part: Filter): boolean {
  if (part.kind === "every" || part.kind === "some")
    return part.parts.length > 0 && part.parts.every(isSpeakable);
  return part.kind !== "not" || isSpeakable(part.part);
}

const speakable = filter.filter((made) => isSpeakable(made));

function read(written: string): Filter {
  const parsed = parseFilter(written, runVocabulary);
  if (!parsed.ok) throw new Error(`${written}: ${parsed.problem.message}`);
  return parsed.filter;
}

describe("the filter language", () => {
  it("P9 reads what it printed as the same filter", () => {
    fc.assert(
      fc.property(speakable, (made) => {
        expect(read(printFilter(made))).toEqual(made);
      }),
      { numRuns: 2000 },
    );
  });

  it("answers any text, with a filter it can print or with a place inside the text", () => {
    const pieces = fc.constantFrom(
      ...Array.from("()\"'\\:=<>!~,.-[]* "),
      " or ",
      " and ",
      "not ",
      " in ",
      "status",
      "params.",
      "failed",
      "..",
      "-1h",
    );
    const soup = fc.array(fc.oneof(pieces, text), { maxLength: 20 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(soup, (written) => {
        const parsed = parseFilter(written, runVocabulary);
        const again = parsed.ok ? parseFilter(printFilter(parsed.filter), runVocabulary) : parsed;
        expect(again).toEqual(parsed);
        const { at, length } = parsed.ok ? { at: 0, length: 0 } : parsed.problem;
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at + Math.max(0, length - 1)).toBeLessThanOrEqual(written.length);
      }),
      { numRuns: 5000 },
    );
  });

  it("takes its place for no longer than its length, whatever is repeated", () => {
    // A reader that looks back would take minutes for these.
    for (const piece of [
      '"',
      "\\",
      "(",
      "-",
      "a.",
      "not ",
      "status:",
      "a,",
      "[0]",
      'params."a".',
      "..",
      "'",
    ]) {
      expect(typeof parseFilter(piece.repeat(Math.floor(4000 / piece.length)), runVocabulary).ok).toBe(
        "boolean",
      );
    }
  });

  it("judges a negation as the opposite, also where a thing has no such value", () => {
    const value = fc.oneof(text, number, fc.boolean(), fc.constant(null));
    const condition: fc.Arbitrary<Condition> = speakable.map((made) => scalars(made));
    fc.assert(
      fc.property(condition, fc.array(value, { maxLength: 2 }), (made, values) => {
        expect(passes({ kind: "not", part: made }, () => values)).toBe(!passes(made, () => values));
      }),
    );
  });
});

/** The same tree with plain values. */
function scalars(made: Filter): Condition {
  if (made.kind === "every" || made.kind === "some")
    return { kind: made.kind, parts: made.parts.map(scalars) };
  if (made.kind === "not") return { kind: "not", part: scalars(made.part) };
  if (made.kind === "one-of") return { ...made, values: made.values.map(plain) };
  return made.kind === "compare" ? { ...made, value: plain(made.value) } : made;
}

function plain(value: Written): Scalar {
  if (typeof value !== "object" || value === null) return value;
  return "ms" in value ? value.ms : 0;
}
