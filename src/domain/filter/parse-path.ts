// The place a test looks at: a field, and for JSON the path to a value in it.

import type { PathStep, Place } from "./expression.ts";
import type { FilterProblem, Piece, Scanner } from "./scanner.ts";

/** Steps a path may have. */
const longestPath = 16;
const name = /[\p{L}\p{N}_$-]+/uy;
const index = /\[(\d{1,9})\]/y;

/**
 * Reads `field`, `params.customer.id`, `params.items[0].sku` or `params."first name"`. The word holds all of it but
 * steps in quotes, which are read on from the scanner.
 */
export function parsePath(word: Piece, scanner: Scanner): Place | FilterProblem {
  const first = /^[^.[]*/.exec(word.text)?.[0] ?? "";
  const path: PathStep[] = [];
  let rest: Piece = { ...word, text: word.text.slice(first.length), at: word.at + first.length };
  for (;;) {
    const steps = readSteps(rest);
    if (!Array.isArray(steps)) return steps;
    path.push(...steps);
    if (!rest.text.endsWith(".")) break;
    // The step after this dot stands in quotes.
    const step = scanner.isQuoteNext ? scanner.quoted() : undefined;
    if (step === undefined) return { at: scanner.at, length: 1, message: "a name is missing after the dot" };
    if (step.text === "" || /["\\]/.test(step.text)) {
      const message = "a name in a path cannot be empty, nor contain a quote or a backslash";
      return { at: step.at, length: step.text.length, message };
    }
    path.push(step.text);
    rest = scanner.word() ?? { text: "", at: scanner.at, isQuoted: false };
    if (rest.text !== "" && !/^[.[]/.test(rest.text))
      return { at: rest.at, length: 1, message: 'expected "." or an operator after this name' };
  }
  if (path.length > longestPath)
    return { at: word.at, length: word.text.length, message: `a path has at most ${longestPath} steps` };
  return { field: first, path };
}

/** `.a.b[0]`; a dot at the end is left for the name in quotes that follows it. */
function readSteps({ text, at }: Piece): PathStep[] | FilterProblem {
  const steps: PathStep[] = [];
  let here = 0;
  while (here < text.length && !(here === text.length - 1 && text[here] === ".")) {
    const isName = text[here] === ".";
    const pattern = isName ? name : index;
    pattern.lastIndex = isName ? here + 1 : here;
    const match = pattern.exec(text);
    if (match === null)
      return { at: at + here, length: 1, message: 'expected ".name" or "[0]"; put other names in quotes' };
    steps.push(isName ? match[0] : Number(match[1]));
    here = pattern.lastIndex;
  }
  return steps;
}
