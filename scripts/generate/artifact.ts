// A generated file: where it lies, and what must stand in it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../source-tree.ts";

export interface Artifact {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Those whose file on disk is missing or says something else. */
export function staleFiles(files: readonly Artifact[]): readonly Artifact[] {
  return files.filter((file) => readIfPresent(file.path) !== file.text);
}

export function writeFiles(files: readonly Artifact[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Puts `body` between the lines `<!-- name:begin -->` and `<!-- name:end -->`; says so when they are not there. */
export function replaceBetweenMarkers(text: string, name: string, body: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the markers ${begin} and ${end} are missing`);
  return `${text.slice(0, from + begin.length)}\n\n${body.trim()}\n\n${text.slice(to)}`;
}

/** The text of a file of the repository, or undefined when there is none. */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
