// Finds and reads rota.config.ts (or .js, .mjs) in the working directory.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RotaError } from "../domain/errors.ts";

const configFileNames = ["rota.config.ts", "rota.config.js", "rota.config.mjs"] as const;

export interface ReadConfigFile {
  /** Its name, as messages and origins show it. */
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** @throws CONFIG_INVALID when there are two, or the one there is cannot be loaded or exports no object */
export async function readConfigFile(cwd: string): Promise<ReadConfigFile | undefined> {
  const [name, second] = configFileNames.filter((candidate) => existsSync(join(cwd, candidate)));
  if (name === undefined) return undefined;
  if (second !== undefined) throw unusable(`there are two config files, ${name} and ${second}; keep one`);
  const content = await loadDefault(join(cwd, name), name);
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw unusable(
      `${name}: expected a default export with an object, for example export default defineConfig({ … })`,
    );
  }
  return { name, content: { ...content } };
}

async function loadDefault(path: string, name: string): Promise<unknown> {
  try {
    // What a module exports is known only after it was loaded; the caller checks it.
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    throw unusable(
      `${name}: cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}

function unusable(message: string, cause?: unknown): RotaError {
  return new RotaError("CONFIG_INVALID", `config: ${message}`, cause === undefined ? {} : { cause });
}
