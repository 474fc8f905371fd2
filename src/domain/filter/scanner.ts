// Reads the text of a filter from left to right, once, and knows where it is.

/** What cannot be read, where it stands (in UTF-16 units) and how long it is. */
export interface FilterProblem {
  readonly at: number;
  readonly length: number;
  readonly message: string;
}

/** A piece of the text with the place it came from. */
export interface Piece {
  readonly text: string;
  readonly at: number;
  /** Stood in quotes, so it is a text whatever it looks like. */
  readonly isQuoted: boolean;
}

/** The operators, longest first. */
const operators = ["!=", ">=", "<=", ":", "=", ">", "<", "~"] as const;
export type Operator = (typeof operators)[number];

const space = /\s*/y;
/** A name of a field, or a word that is looked for: it ends where an operator begins. */
const word = /[^\s"'(),:=<>~!]+/y;
/** A value: operators and quotes inside it are part of it, as in 10:30 or O'Hara. */
const bareValue = /[^\s"(),][^\s"(),]*/y;
const quoted = /"((?:[^"\\]|\\["\\])*)"|'((?:[^'\\]|\\['\\])*)'/y;

export class Scanner {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  skipSpace(): void {
    this.#match(space);
  }

  /** Takes `sign` if it comes next. */
  take(sign: string): boolean {
    if (!this.text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  isNext(sign: string): boolean {
    return this.text.startsWith(sign, this.#at);
  }

  /** Whether the word comes next as a whole, in any case; `or:1` would be a test of a field. */
  isKeywordNext(keyword: string): boolean {
    const end = this.#at + keyword.length;
    return (
      this.text.slice(this.#at, end).toLowerCase() === keyword && !/[^\s("']/.test(this.text.charAt(end))
    );
  }

  takeKeyword(keyword: string): boolean {
    if (!this.isKeywordNext(keyword)) return false;
    this.#at += keyword.length;
    return true;
  }

  takeOperator(): Operator | undefined {
    return operators.find((operator) => this.take(operator));
  }

  isOperatorNext(): boolean {
    return operators.some((operator) => this.isNext(operator));
  }

  word(): Piece | undefined {
    return this.#piece(word);
  }

  bareValue(): Piece | undefined {
    return this.#piece(bareValue);
  }

  get isQuoteNext(): boolean {
    return this.isNext('"') || this.isNext("'");
  }

  /** A text in quotes; undefined when it does not end. A quote or a backslash inside has a backslash before it. */
  quoted(): Piece | undefined {
    const at = this.#at;
    const match = this.#match(quoted);
    if (match === undefined) return undefined;
    const text = (match[1] ?? match[2] ?? "").replaceAll(/\\(.)/gsu, "$1");
    return { text, at, isQuoted: true };
  }

  #piece(pattern: RegExp): Piece | undefined {
    const at = this.#at;
    const match = this.#match(pattern);
    return match === undefined ? undefined : { text: match[0], at, isQuoted: false };
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}
