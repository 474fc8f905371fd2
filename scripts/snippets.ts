// The code in the pages for people: what they show is compiled and run as it stands there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, root } from "./source-tree.ts";

export interface Snippets {
  /** Path of the page from the root. */
  readonly page: string;
  /** Modules by name: a block that begins with `// tasks.ts` is that module, all others together are `main.ts`. */
  readonly files: Readonly<Record<string, string>>;
  /** What `main.ts` is said to print, line by line: the comments `// → …`. */
  readonly printed: readonly string[];
  /** The shell blocks in order. */
  readonly shell: readonly string[];
}

/** The guide's pages. */
export function guidePages(): readonly string[] {
  return filesBelow("docs/guide").filter((path) => path.endsWith(".md"));
}

export function snippetsOf(page: string): Snippets {
  const text = readFileSync(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```(ts|py|sh)\n(.*?)^```$/gms)];
  const files: Record<string, string> = {};
  const shell: string[] = [];
  for (const [, language, code = ""] of blocks) {
    if (language === "sh") shell.push(code);
    else {
      const name = /^(?:\/\/|#) ([\w-]+\.(?:ts|py))\n/.exec(code)?.[1] ?? "main.ts";
      files[name] = [files[name], code].filter((part) => part !== undefined).join("\n");
    }
  }
  const printed = [...(files["main.ts"] ?? "").matchAll(/\/\/ → (.*)$/gm)].map(([, line = ""]) => line);
  return { page, files, printed, shell };
}
