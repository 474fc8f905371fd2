// What the page of errors advises exists, and every error that it describes can happen.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine, leavesOf, spelling } from "../../scripts/cli-page.ts";
import { builtFiles, root } from "../../scripts/source-tree.ts";
import { operations } from "../../src/contract/catalogue.ts";
import { spokenError } from "../../src/cli/error-words.ts";
import { errorCatalogue, type ErrorCode } from "../../src/domain/errors.ts";

const program = commandLine();
const commands = leavesOf(program);
const known = {
  paths: new Set([...operations.map(({ method, path }) => `${method} ${path}`), "/docs", "/openapi.json"]),
  commands: new Set(commands.map(spelling)),
  flags: new Set(
    [program, ...commands].flatMap(({ options }) => options.flatMap(({ long }) => (long ? [long] : []))),
  ),
};

/** What a sentence names between backticks that a reader could look for. */
function namedIn(sentence: string): readonly { readonly text: string; readonly isKnown: boolean }[] {
  return [...sentence.matchAll(/`([^`]+)`/g)].flatMap(([, text = ""]) => {
    if (/^([A-Z]+ )?\//.test(text)) return [{ text, isKnown: known.paths.has(text) }];
    if (text.startsWith("rota ")) return [{ text, isKnown: known.commands.has(text) }];
    if (text.startsWith("--")) return [{ text, isKnown: known.flags.has(text) }];
    return [];
  });
}

describe("the page of errors", () => {
  it("advises nothing that does not exist", () => {
    const pages = Object.entries(errorCatalogue).flatMap(([code, { meaning, when, remedy }]) =>
      namedIn(`${meaning} ${when} ${remedy}`).map((named) => ({ code, ...named })),
    );
    expect(pages.length).toBeGreaterThan(5);
    expect(pages.filter(({ isKnown }) => !isKnown)).toEqual([]);
  });

  it("describes no error that nothing reports", () => {
    const tables = ["src/domain/errors.ts", "src/http/problem.ts", "src/cli/"];
    const sources = builtFiles()
      .filter((file) => !tables.some((table) => file.startsWith(table)))
      .map((file) => readFileSync(join(root, file), "utf8"))
      .join("\n");
    const unused = Object.keys(errorCatalogue).filter((code) => !sources.includes(`"${code}"`));
    expect(unused).toEqual([]);
  });
});

describe("what the command line advises", () => {
  // The keys of the catalogue, which `Object.keys` widens to strings.
  it.each(Object.keys(errorCatalogue) as ErrorCode[])("for %s exists, in both languages", (code) => {
    const { en, zh } = spokenError(code).remedy;
    for (const advice of [en, zh]) {
      const unknown = [...commandsIn(advice), ...flagsIn(advice)].filter(({ isKnown }) => !isKnown);
      expect(unknown).toEqual([]);
    }
  });
});

/** `rota runs retry <run>` names the command `rota runs retry`; what follows a command is its argument, or prose. */
function commandsIn(advice: string) {
  return [...advice.matchAll(/\brota [a-z]+(?: [a-z]+)?/g)].map(([text]) => {
    const [, noun = ""] = text.split(" ");
    return { text, isKnown: known.commands.has(text) || known.commands.has(`rota ${noun}`) };
  });
}

function flagsIn(advice: string) {
  return [...advice.matchAll(/--[a-z][a-z-]*/g)].map(([text]) => ({
    text,
    isKnown: text === "--help" || known.flags.has(text),
  }));
}
