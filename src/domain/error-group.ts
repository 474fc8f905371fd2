// The error inbox: failed runs that failed alike are one group, told apart by a fingerprint.

import type { Key } from "./ids.ts";
import type { RunError } from "./outcome.ts";

export const errorStatuses = ["open", "resolved", "muted"] as const;
/** `resolved` opens again with the next such failure, `muted` does not. */
export type ErrorStatus = (typeof errorStatuses)[number];

export interface ErrorGroup {
  readonly fingerprint: string;
  readonly userId?: string;
  /** Type of the executor that failed. */
  readonly type: string;
  readonly code: string;
  /** Of the newest failure. */
  readonly message: string;
  /** Where its code failed, without line and folder. */
  readonly frame?: string;
  readonly status: ErrorStatus;
  /** Failures so far. */
  readonly count: number;
  /** Failed runs that are kept and that nobody has retried or resolved. */
  readonly waiting: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** The newest of those waiting, at most five. */
  readonly sampleRunKeys: readonly Key[];
}

export interface Fingerprinted {
  readonly userId: string | undefined;
  readonly type: string;
  readonly error: Pick<RunError, "code" | "message" | "stack">;
}

/** Longer messages are told apart by their beginnings. */
const messageLength = 500;

/** The same text for failures that differ only in ids, numbers, times and line numbers; 16 hexadecimal digits. */
export function fingerprintOf({ userId, type, error }: Fingerprinted): string {
  const parts = [userId ?? "", type, error.code, patternOf(error.message), frameOf(error.stack) ?? ""];
  return hash(parts.join("\u0000"));
}

export function shownMessage(message: string): string {
  return message.slice(0, messageLength).toWellFormed();
}

/** What changes from one failure to the next, in the order in which it must be looked for. */
const variable: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}\b/g, "<id>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, "<id>"],
  [/\d+(?:\.\d+)*/g, "<n>"],
  [/\s+/g, " "],
];

export function patternOf(message: string): string {
  return variable.reduce((text, [what, mark]) => text.replace(what, mark), shownMessage(message));
}

/** The first frame of the code's own: its function and file. */
export function frameOf(stack: string | undefined): string | undefined {
  const frames = (stack ?? "").split("\n").filter((line) => /^\s*at /.test(line));
  const own = frames.find((line) => !/node:|node_modules/.test(line)) ?? frames[0];
  if (own === undefined) return undefined;
  const place = own
    .trim()
    .replace(/^at (?:async )?/, "")
    .replace(/:\d+(?::\d+)?\)?$/, "");
  const [, name = "", path = place] = /^(.*) \(([^()]*)\)?$/.exec(place) ?? [];
  const file = path.split(/[\\/]/).at(-1) ?? path;
  return (name === "" ? file : `${name} (${file})`).slice(0, 200);
}

/** 64 bits of two multiplicative hashes that see the same text through different eyes. */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  const mixed = [
    Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35),
    Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35),
  ];
  return mixed.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
