// Reads a workflow's definition from a file of JSON, or from a module that exports it.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RotaError } from "../domain/errors.ts";
import type { Terminal } from "./terminal.ts";
import { isRecord } from "./value-text.ts";

/**
 * A module exports the data itself, or what `defineWorkflow` returned, as its default.
 *
 * @param path - from the terminal's folder; `-` for standard input
 * @throws VALIDATION_FAILED when the file cannot be read
 */
export async function readDefinition(path: string, { read, cwd }: Terminal): Promise<unknown> {
  const isModule = /\.[cm]?[jt]s$/.test(path);
  const full = path === "-" ? path : resolve(cwd, path);
  try {
    return isModule ? definitionIn(await import(pathToFileURL(full).href)) : JSON.parse(read(full));
  } catch (error) {
    const message = `cannot read the workflow in ${path}: ${error instanceof Error ? error.message : String(error)}`;
    const issues = [{ path: "file", code: "INVALID_VALUE", message }];
    throw new RotaError("VALIDATION_FAILED", message, { details: { issues }, cause: error });
  }
}

function definitionIn(module: unknown): unknown {
  const exported = isRecord(module) ? module["default"] : undefined;
  if (!isRecord(exported)) throw new Error("its default export is no workflow");
  return exported["functions"] instanceof Map ? exported["definition"] : exported;
}
