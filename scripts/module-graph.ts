// Which module imports which, and what it exports: read with a real parser, so that types and dynamic imports count too.
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync, Visitor, type EcmaScriptModule } from "oxc-parser";
import { root } from "./source-tree.ts";

export interface Import {
  /** As written: "./run.ts", "zod", "node:fs". */
  readonly specifier: string;
  /** The file it leads to, from the root of the repository; undefined for a package. */
  readonly file: string | undefined;
  /** Nothing of it remains at run time. */
  readonly isTypeOnly: boolean;
}

/** Every import, re-export, dynamic import and `import("…")` type of one file. */
export function importsOf(path: string): readonly Import[] {
  const text = readFileSync(join(root, path), "utf8");
  const { module, program } = parseSync(path, text);
  const found = new Map<string, boolean>();
  const add = (specifier: string, isTypeOnly: boolean): void => {
    found.set(specifier, (found.get(specifier) ?? true) && isTypeOnly);
  };
  for (const item of module.staticImports) {
    add(item.moduleRequest.value, item.entries.length > 0 && item.entries.every((entry) => entry.isType));
  }
  for (const entry of module.staticExports.flatMap((item) => item.entries)) {
    if (entry.moduleRequest) add(entry.moduleRequest.value, entry.isType);
  }
  for (const item of module.dynamicImports) {
    const literal = /^["'`]([^"'`$]+)["'`]$/.exec(
      text.slice(item.moduleRequest.start, item.moduleRequest.end),
    );
    if (literal?.[1]) add(literal[1], false);
  }
  new Visitor({
    TSImportType: (node) => add(node.source.value, true),
  }).visit(program);
  return [...found].map(([specifier, isTypeOnly]) => ({
    specifier,
    file: resolve(path, specifier),
    isTypeOnly,
  }));
}

function resolve(from: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : undefined;
}

/** The names one file exports, sorted; those of `export *` included. Types are told by the word before them. */
export function exportedNames(path: string): readonly string[] {
  return [...collectExports(path)].sort();
}

function collectExports(path: string): Set<string> {
  if (!existsSync(join(root, path))) throw new Error(`${path} does not exist`);
  const { module } = parseSync(path, readFileSync(join(root, path), "utf8"));
  const names = new Set<string>();
  for (const entry of entriesOf(module)) {
    if (entry.exportName.name) {
      names.add(entry.isType ? `type ${entry.exportName.name}` : entry.exportName.name);
    } else if (entry.moduleRequest) {
      const file = resolve(path, entry.moduleRequest.value);
      if (file) for (const name of collectExports(file)) names.add(name);
    }
  }
  return names;
}

function entriesOf(module: EcmaScriptModule): EcmaScriptModule["staticExports"][number]["entries"] {
  return module.staticExports.flatMap((item) => item.entries);
}

/** One import cycle that exists at run time, as the list of its files, or undefined. */
export function findCycle(paths: readonly string[]): readonly string[] | undefined {
  const finished = new Set<string>();
  const walk = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return undefined;
    for (const { file, isTypeOnly } of importsOf(path)) {
      if (!file || isTypeOnly || !existsSync(join(root, file))) continue;
      const cycle = walk(file, [...trail, path]);
      if (cycle) return cycle;
    }
    finished.add(path);
    return undefined;
  };
  for (const path of paths) {
    const cycle = walk(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}
