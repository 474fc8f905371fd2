// The place of a database: whether there can be one at all, asked before anything is made there, and what opening met.

import { accessSync, constants, statSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { RotaError } from "../../domain/errors.ts";
import { toError, toFailure } from "./failure.ts";

/** @throws LEDGER_INACCESSIBLE saying what is in the way and what to do about it */
export function checkPlace(file: string): void {
  const folder = dirname(file);
  const found = statIfThere(folder);
  if (found === "missing") throw inaccessible(file, `the folder ${folder} does not exist; create it`);
  if (found === "below a file" || !found.isDirectory())
    throw inaccessible(file, `${folder} is a file, not a folder; name another place`);
  const present = statIfThere(file);
  const isThere = present !== "missing" && present !== "below a file";
  if (isThere && present.isDirectory())
    throw inaccessible(file, `${file} is a folder; name a file in it, for example ${join(file, "rota.db")}`);
  // Its log and its lock are made beside it.
  if (!may(folder, constants.W_OK | constants.X_OK))
    throw inaccessible(file, `this user may not write in the folder ${folder}; give it the right to`);
  if (isThere && !may(file, constants.R_OK | constants.W_OK))
    throw inaccessible(file, `this user may not read and write ${file}; give it the right to`);
}

/** What was thrown while a file was opened, with the file and what to do; our own errors say that already. */
export function openFailure(thrown: unknown, file: string): RotaError {
  if (RotaError.isInstance(thrown)) return thrown;
  const failure = toFailure(thrown);
  const code = systemCode(thrown);
  const details = { file };
  if (failure.code === "LEDGER_FULL" || code === "ENOSPC" || code === "EDQUOT") {
    const message = `the disk that holds ${file} is full; free space, then start again`;
    return toError({ code: "LEDGER_FULL", message, details, retryable: true }, thrown);
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return inaccessible(file, `${failure.message}; give this user the right to it`, thrown);
  if (failure.code === "INTERNAL" && code === undefined) return toError(failure, thrown);
  const kind = failure.code === "INTERNAL" ? "LEDGER_UNAVAILABLE" : failure.code;
  return toError({ ...failure, code: kind, message: `${file}: ${failure.message}`, details }, thrown);
}

function inaccessible(file: string, why: string, cause?: unknown): RotaError {
  const message = `there can be no database at ${file}: ${why}, or choose another place with --database (createRota: database)`;
  return toError({ code: "LEDGER_INACCESSIBLE", message, details: { file }, retryable: false }, cause);
}

function statIfThere(path: string): Stats | "missing" | "below a file" {
  try {
    return statSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "missing";
    if (systemCode(error) === "ENOTDIR") return "below a file";
    throw openFailure(error, path);
  }
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && "syscall" in error ? String(error.code) : undefined;
}
