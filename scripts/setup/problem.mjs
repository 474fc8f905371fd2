// What goes wrong while setting up, in words that say what to do about it.
import { statfsSync } from "node:fs";
import { root } from "./root.mjs";

/** A failure that a person can do something about. */
export class SetupError extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} [remedy] what to do now
   * @param {string} [output] the end of what the failed program printed
   */
  constructor(message, remedy, output) {
    super(message);
    this.name = "SetupError";
    this.remedy = remedy;
    this.output = output;
  }
}

const diskFull = {
  pattern: /\b(ENOSPC|no space left)/i,
  message: "the disk is full",
  remedy: "free about 1 GB, then run the same command again",
};
/** More than the dependencies take, with the copies npm makes on the way. */
const neededBytes = 1_000_000_000;

const knownProblems = [
  diskFull,
  {
    pattern:
      /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|FETCH_ERROR|network)\b/i,
    message: "the npm registry cannot be reached",
    remedy: "check the network (and the proxy: npm config get proxy), then run the same command again",
  },
  {
    pattern: /\b(E401|E403|ENEEDAUTH)\b/,
    message: "the npm registry refuses access",
    remedy: "check which registry npm uses (npm config get registry) and whether it needs a login",
  },
  {
    pattern: /\b(EACCES|EPERM|EROFS)\b/,
    message: "a file or folder may not be written",
    remedy:
      "check who owns this folder and the npm cache (npm config get cache), then run the same command again",
  },
  {
    pattern: /\b(EUSAGE|in sync)\b/,
    message: "package.json and package-lock.json do not belong together",
    remedy: "run: npm install",
  },
  {
    pattern: /\b(EINTEGRITY|E404|ETARGET)\b/,
    message: "the npm registry does not have a package as package-lock.json describes it",
    remedy: "run: npm cache verify, then run the same command again; if it stays, the registry is incomplete",
  },
  {
    pattern: /\bENOMEM|\b(out of memory|Killed)\b/,
    message: "there is not enough memory",
    remedy: "free about 1 GB of memory, then run the same command again",
  },
];

/** Turns the output of a failed program into a problem a person can act on. */
export function problemFrom(what, output) {
  // On a full disk npm's scripts fail in ways that do not say so, and npm then takes away what it had written.
  const known =
    knownProblems.find((problem) => problem.pattern.test(output)) ?? (isDiskSmall() ? diskFull : undefined);
  const tail = output.trim().split("\n").slice(-15).join("\n");
  return new SetupError(known ? `${what}: ${known.message}` : `${what} failed`, known?.remedy, tail);
}

function isDiskSmall() {
  try {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize < neededBytes;
  } catch {
    return false;
  }
}

/** The text for the terminal. */
export function explain(error) {
  if (!(error instanceof SetupError)) {
    const text = error instanceof Error ? `${error.stack}` : String(error);
    const known = knownProblems.find((problem) => problem.pattern.test(text));
    return known ? `rota: ${known.message}\n  → ${known.remedy}\n\n${text}\n` : `rota: ${text}\n`;
  }
  const lines = [`rota: ${error.message}`];
  if (error.remedy) lines.push(`  → ${error.remedy}`);
  if (error.output) lines.push("", ...error.output.split("\n").map((line) => `  | ${line}`));
  return `${lines.join("\n")}\n`;
}
