// Builds with a protection taken out: a copy of the sources in which a text is replaced.

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What is replaced in one file; `find` must be there, or the control would control nothing. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export class SabotagedBuild implements Disposable {
  /** URL of the copy of `src`. */
  readonly source: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "rota-sabotaged-"));

  constructor(patches: readonly Patch[]) {
    const src = join(this.#folder, "src");
    cpSync(join(root, "src"), src, { recursive: true, filter: (path) => !path.endsWith(".test.ts") });
    cpSync(join(root, "package.json"), join(this.#folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"));
    for (const { file, find, replace } of patches) {
      const path = join(src, file);
      const before = readFileSync(path, "utf8");
      if (!before.includes(find)) {
        this[Symbol.dispose]();
        throw new Error(`src/${file} no longer contains what the control takes out: ${find}`);
      }
      writeFileSync(path, before.replaceAll(find, replace));
    }
    this.source = `${pathToFileURL(src).href}/`;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
