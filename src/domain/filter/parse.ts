// Reads the text of a filter by the vocabulary of what is asked for.

import { every, not, some, type Filter, type Order, type Place, type Written } from "./expression.ts";
import { parsePath } from "./parse-path.ts";
import { isProblem, readValue } from "./read-value.ts";
import { Scanner, type FilterProblem, type Operator, type Piece } from "./scanner.ts";
import { fieldOf, nearestField, type Field, type Vocabulary } from "./vocabulary.ts";

/** What bounds a filter, so that reading and judging it stay cheap whoever wrote it. */
export const filterLimits = {
  /** Longest text, in UTF-16 units. */
  length: 4000,
  /** Brackets and negations inside one another. */
  depth: 20,
  /** Tests of fields. */
  tests: 100,
  /** Values in all lists together. */
  values: 500,
} as const;

export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly problem: FilterProblem };

/** In one pass, linear in the length of the text. An empty text is a filter that lets everything pass. */
export function parseFilter(text: string, vocabulary: Vocabulary): ParsedFilter {
  if (text.length > filterLimits.length) {
    const message = `the filter is longer than ${filterLimits.length} characters`;
    return { ok: false, problem: { at: filterLimits.length, length: 1, message } };
  }
  return new Parser(text, vocabulary).parse();
}

const comparisons: ReadonlySet<string> = new Set<Order>(["<", "<=", ">", ">="]);
const ordered: ReadonlySet<string> = new Set(["number", "duration", "time", "json"]);

/**
 * Recursive descent over
 *
 *     filter  = and { "or" and }
 *     and     = unary { ["and"] unary }
 *     unary   = ( "not" | "-" ) unary | "(" filter ")" | test
 *     test    = place operator values | place "in" list | text
 *     place   = field { "." name | "[" number "]" }
 *     values  = "*" | list | value { "," value } | [ value ] ".." [ value ]
 *     list    = "(" value { ( "," | "or" ) value } ")"
 *
 * Every method answers undefined once a problem is found; the first one found stands.
 */
class Parser {
  readonly #scanner: Scanner;
  readonly #vocabulary: Vocabulary;
  #problem: FilterProblem | undefined;
  #depth = 0;
  #testCount = 0;
  #valueCount = 0;

  constructor(text: string, vocabulary: Vocabulary) {
    this.#scanner = new Scanner(text);
    this.#vocabulary = vocabulary;
  }

  parse(): ParsedFilter {
    const scanner = this.#scanner;
    scanner.skipSpace();
    if (scanner.isAtEnd) return { ok: true, filter: every([]) };
    const filter = this.#or();
    if (filter !== undefined && !scanner.isAtEnd)
      this.#fail(
        1,
        scanner.isNext(")") ? "this bracket closes nothing" : `${this.#show()} is not expected here`,
      );
    const problem = this.#problem;
    if (problem !== undefined) return { ok: false, problem };
    return { ok: true, filter: filter ?? every([]) };
  }

  #or(): Filter | undefined {
    const parts: Filter[] = [];
    do {
      const part = this.#and();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#takeKeyword("or"));
    return some(parts);
  }

  #and(): Filter | undefined {
    const parts: Filter[] = [];
    do {
      const part = this.#unary();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#goesOn());
    return every(parts);
  }

  /** Whether another part follows that is joined by "and", said or not. */
  #goesOn(): boolean {
    const scanner = this.#scanner;
    scanner.skipSpace();
    if (this.#takeKeyword("and")) return true;
    return !scanner.isAtEnd && !scanner.isNext(")") && !scanner.isKeywordNext("or");
  }

  #unary(): Filter | undefined {
    const scanner = this.#scanner;
    scanner.skipSpace();
    if (scanner.isAtEnd) return this.#fail(0, "something is missing at the end");
    const isNegated = this.#takeKeyword("not") || scanner.take("-");
    if (!isNegated && !scanner.isNext("(")) return this.#test();
    this.#depth += 1;
    if (this.#depth > filterLimits.depth) return this.#fail(1, `deeper than ${filterLimits.depth} levels`);
    const part = isNegated ? this.#unary() : this.#group();
    this.#depth -= 1;
    return part === undefined || !isNegated ? part : not(part);
  }

  #group(): Filter | undefined {
    const scanner = this.#scanner;
    const open = scanner.at;
    scanner.take("(");
    const inner = this.#or();
    if (inner === undefined) return undefined;
    scanner.skipSpace();
    return scanner.take(")") ? inner : this.#failAt(open, 1, "this bracket is not closed");
  }

  #test(): Filter | undefined {
    const scanner = this.#scanner;
    this.#testCount += 1;
    if (this.#testCount > filterLimits.tests) return this.#fail(1, `more than ${filterLimits.tests} tests`);
    if (scanner.isQuoteNext) return this.#textTest(this.#quoted());
    const joint = ["and", "or"].find((keyword) => scanner.isKeywordNext(keyword));
    if (joint !== undefined)
      return this.#fail(
        joint.length,
        `something is missing before "${joint}"; put it in quotes to look for it`,
      );
    const word = scanner.word();
    if (word === undefined) return this.#fail(1, `${this.#show()} is not expected here`);
    const end = scanner.at;
    scanner.skipSpace();
    // A path may go on in quotes: params."first name".
    const isPath = word.text.endsWith(".") && end === scanner.at && scanner.isQuoteNext;
    return isPath || scanner.isOperatorNext() || scanner.isKeywordNext("in")
      ? this.#fieldTest(word)
      : this.#textTest(word);
  }

  /** A word or a text that names no field is looked for in the names of things. */
  #textTest(piece: Piece | undefined): Filter | undefined {
    if (piece === undefined) return undefined;
    const { text: field } = this.#vocabulary;
    return { kind: "contains", field, path: [], text: piece.text };
  }

  #fieldTest(word: Piece): Filter | undefined {
    const read = parsePath(word, this.#scanner);
    if (isProblem(read)) return this.#refuse(read);
    const field = fieldOf(this.#vocabulary, read.field);
    if (field === undefined) return this.#unknown(read.field, word);
    if (read.path.length > 0 !== (field.kind === "json")) return this.#misplaced(field, word);
    const place: Place = { field: field.name, path: read.path };
    this.#scanner.skipSpace();
    const at = this.#scanner.at;
    const operator = this.#operator();
    if (operator === undefined) return undefined;
    if (comparisons.has(operator)) return this.#compare({ field, place, at }, operator as Order); // one of them
    if (operator === "~") return this.#contains({ field, place, at });
    const test = this.#equals({ field, place, at }, operator === ":" && field.kind === "text");
    return test !== undefined && operator === "!=" ? not(test) : test;
  }

  #operator(): Operator | undefined {
    const scanner = this.#scanner;
    let operator: Operator | undefined;
    if (scanner.takeKeyword("in")) {
      scanner.skipSpace();
      if (!scanner.isNext("("))
        return this.#fail(1, 'expected a list after "in", as in status in (failed, timed_out)');
      operator = "=";
    } else operator = scanner.takeOperator();
    if (operator === undefined) return this.#fail(1, 'expected ":" and a value here');
    // `created:>-1h` is `created>-1h`.
    if (operator === ":") operator = scanner.takeOperator() ?? ":";
    scanner.skipSpace();
    return operator;
  }

  #compare({ field, place, at }: Asked, order: Order): Filter | undefined {
    if (!ordered.has(field.kind))
      return this.#failAt(at, order.length, `${field.name} has no order; use ${field.name}:…`);
    const piece = this.#value();
    const values = piece && this.#read(field, piece);
    const [value] = values ?? [];
    return value === undefined ? undefined : { kind: "compare", ...place, order, value };
  }

  #contains({ field, place, at }: Asked): Filter | undefined {
    if (field.kind !== "text" && field.kind !== "json")
      return this.#failAt(at, 1, `${field.name} is compared as a whole; use ${field.name}:…`);
    const piece = this.#value();
    return piece === undefined ? undefined : { kind: "contains", ...place, text: piece.text };
  }

  /** `:`, `=` and `!=`: anything at all, one of some values, or a range. */
  #equals(asked: Asked, isPart: boolean): Filter | undefined {
    const scanner = this.#scanner;
    const { field, place } = asked;
    if (scanner.isNext("(")) return this.#anyOf(asked, this.#list(), isPart);
    const first = this.#value();
    if (first === undefined) return undefined;
    if (!first.isQuoted && first.text === "*") return { kind: "present", ...place };
    const dots =
      first.isQuoted || field.kind === "json" || !ordered.has(field.kind) ? -1 : first.text.indexOf("..");
    if (dots >= 0) return this.#range(asked, first, dots);
    const pieces = [first];
    while (scanner.take(",")) {
      const next = this.#value();
      if (next === undefined) return undefined;
      pieces.push(next);
    }
    return this.#anyOf(asked, pieces, isPart);
  }

  #anyOf({ field, place }: Asked, pieces: readonly Piece[] | undefined, isPart: boolean): Filter | undefined {
    if (pieces === undefined) return undefined;
    if (isPart) return some(pieces.map(({ text }) => ({ kind: "contains", ...place, text })));
    const values: Written[] = [];
    for (const piece of pieces) {
      const read = this.#read(field, piece);
      if (read === undefined) return undefined;
      if (isMoment(read[0])) {
        const message = `${field.name} is never exactly that; compare it, as in ${field.name}>${piece.text}`;
        return this.#failAt(piece.at, piece.text.length, message);
      }
      values.push(...read);
    }
    return { kind: "one-of", ...place, values: distinct(values) };
  }

  #range({ field, place }: Asked, { text, at }: Piece, dots: number): Filter | undefined {
    const ends = [
      { order: ">=" as const, piece: { text: text.slice(0, dots), at, isQuoted: false } },
      { order: "<=" as const, piece: { text: text.slice(dots + 2), at: at + dots + 2, isQuoted: false } },
    ].filter(({ piece }) => piece.text !== "" && piece.text !== "*");
    if (ends.length === 0) return this.#failAt(at, text.length, "a range needs at least one end");
    const tests: Filter[] = [];
    for (const { order, piece } of ends) {
      const [value] = this.#read(field, piece) ?? [];
      if (value === undefined) return undefined;
      tests.push({ kind: "compare", ...place, order, value });
    }
    return every(tests);
  }

  #list(): readonly Piece[] | undefined {
    const scanner = this.#scanner;
    const open = scanner.at;
    scanner.take("(");
    const pieces: Piece[] = [];
    for (;;) {
      scanner.skipSpace();
      const piece = this.#value();
      if (piece === undefined) return undefined;
      pieces.push(piece);
      scanner.skipSpace();
      if (scanner.take(")")) return pieces;
      if (scanner.isAtEnd) return this.#failAt(open, 1, "this list is not closed");
      if (!scanner.take(",") && !this.#takeKeyword("or"))
        return this.#fail(1, 'expected "," or ")" in this list');
    }
  }

  #value(): Piece | undefined {
    const scanner = this.#scanner;
    this.#valueCount += 1;
    if (this.#valueCount > filterLimits.values)
      return this.#fail(1, `more than ${filterLimits.values} values`);
    if (scanner.isQuoteNext) return this.#quoted();
    const piece = scanner.bareValue();
    if (piece === undefined) return this.#fail(1, "a value is missing here");
    if (scanner.isNext('"')) return this.#fail(1, "a quote inside a value; put the whole value in quotes");
    return piece;
  }

  #quoted(): Piece | undefined {
    return this.#scanner.quoted() ?? this.#fail(1, "these quotes are not closed, or hold a lone backslash");
  }

  #read(field: Field, piece: Piece): readonly Written[] | undefined {
    const read = readValue(field, piece);
    return isProblem(read) ? this.#refuse(read) : read;
  }

  #takeKeyword(keyword: string): boolean {
    this.#scanner.skipSpace();
    return this.#scanner.takeKeyword(keyword);
  }

  #unknown(name: string, { at }: Piece): undefined {
    const { things, fields } = this.#vocabulary;
    const meant = nearestField(this.#vocabulary, name);
    const hint =
      meant === undefined
        ? `; known are ${fields.map((field) => field.name).join(", ")}`
        : `; did you mean ${meant}?`;
    const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
    return this.#failAt(at, name.length, `${things} have no field ${shown}${hint}`);
  }

  #misplaced(field: Field, { at, text }: Piece): undefined {
    const message =
      field.kind === "json"
        ? `${field.name} needs the path of a value in it, as in ${field.name}.customer.id`
        : `${field.name} has nothing inside it`;
    return this.#failAt(at, text.length, message);
  }

  #show(): string {
    const [char = ""] = this.#scanner.text.slice(this.#scanner.at, this.#scanner.at + 2);
    return JSON.stringify(char);
  }

  #fail(length: number, message: string): undefined {
    return this.#failAt(this.#scanner.at, length, message);
  }

  #failAt(at: number, length: number, message: string): undefined {
    return this.#refuse({ at, length, message });
  }

  #refuse(problem: FilterProblem): undefined {
    this.#problem ??= problem;
    return undefined;
  }
}

interface Asked {
  readonly field: Field;
  readonly place: Place;
  /** Where its operator stands. */
  readonly at: number;
}

/** Nothing happens at exactly one hour ago. */
function isMoment(value: Written | undefined): boolean {
  return typeof value === "object" && value !== null && value.kind === "from-now";
}

function distinct(values: readonly Written[]): readonly Written[] {
  const seen = new Map(values.map((value) => [`${typeof value} ${JSON.stringify(value)}`, value]));
  return [...seen.values()];
}
