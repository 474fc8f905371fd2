// Which methods a path takes: for 405 with Allow, and for a hint where a path does not exist.

import { closest } from "../domain/closest.ts";
import { operations } from "../contract/catalogue.ts";

/** Where one signs in for a session. */
export const sessionPath = "/api/v1/session";

/** Paths beside the operations, with their methods. */
const ownPaths: Readonly<Record<string, readonly string[]>> = {
  "/openapi.json": ["GET"],
  "/docs": ["GET"],
  "/healthz": ["GET"],
  "/readyz": ["GET"],
  [sessionPath]: ["GET", "POST", "DELETE"],
};

interface KnownPath {
  readonly path: string;
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

const known: readonly KnownPath[] = [
  ...new Set([...operations.map(({ path }) => path), ...Object.keys(ownPaths)]),
].map((path) => ({
  path,
  pattern: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
  methods: methodsOf(path),
}));

function methodsOf(path: string): readonly string[] {
  const own = operations.filter((operation) => operation.path === path).map(({ method }) => method);
  const methods: readonly string[] = ownPaths[path] ?? own;
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}

/** The methods that exist there; none when there is no such path. */
export function allowedAt(path: string): readonly string[] {
  return [...new Set(known.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}

/** What to try instead of a path that does not exist; undefined when nothing is like it. */
export function hintFor(path: string): string | undefined {
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed !== path && allowedAt(trimmed).length > 0) return `without the slash at the end: ${trimmed}`;
  const versioned = `/api/v1${trimmed}`;
  if (allowedAt(versioned).length > 0) return `with its version: ${versioned}`;
  const near = closest(
    trimmed.slice(0, 64),
    known.map((entry) => filled(entry.path, trimmed)),
  );
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** The known path with what was asked for in the place of each of its fields. */
function filled(path: string, asked: string): string {
  const segments = asked.split("/");
  return path
    .split("/")
    .map((segment, index) => (segment.startsWith("{") ? (segments[index] ?? segment) : segment))
    .join("/");
}
