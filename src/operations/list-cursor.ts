// The cursor of a filtered list: where it goes on, from when its relative times count, and which list it belongs to.

import { validationFailed } from "../domain/errors.ts";
import { fingerprint } from "../domain/fingerprint.ts";

export interface ListPosition {
  /** One number or several, as the list needs. */
  readonly at: readonly number[];
  /** When the first page was asked for: `-1h` means the same on all pages. */
  readonly nowMs: number;
}

/**
 * @param tie - all that must stay as it was on the first page
 */
export function writeListCursor({ at, nowMs }: ListPosition, tie: string): string {
  const numbers = [...at, nowMs].map((number) => number.toString(36)).join(".");
  return `l${numbers}.${fingerprint(`${tie} ${numbers}`).toString(36)}`;
}

/** @throws VALIDATION_FAILED when it is none, or one of another list */
export function readListCursor(cursor: string, tie: string): ListPosition {
  const match = /^l((?:-?[0-9a-z]{1,11}\.){2,4})([0-9a-z]{1,11})$/.exec(cursor);
  const numbers = match?.[1]?.slice(0, -1) ?? "";
  if (match === null)
    throw refusal("not a cursor; give back the nextCursor of the page before, or leave it out");
  if (fingerprint(`${tie} ${numbers}`).toString(36) !== match[2]) {
    throw refusal(
      "this cursor belongs to another list; keep the filter, the order and all other fields as they were on the page before, or leave it out",
    );
  }
  const read = numbers.split(".").map((text) => Number.parseInt(text, 36));
  return { at: read.slice(0, -1), nowMs: read.at(-1) ?? 0 };
}

function refusal(message: string) {
  return validationFailed([{ path: "cursor", code: "INVALID_VALUE", message }]);
}
