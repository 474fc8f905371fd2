// Scopes of API keys: patterns of operation names, `tasks.*`, `*.list`, `runs.get`, `*`.

import { operationNames, type OperationName } from "./routes.ts";

/** Whether a pattern means an operation. */
export function isInScope(name: OperationName, pattern: string): boolean {
  return covers(pattern, name);
}

/** Whether a pattern means everything that another one, or an operation's name, means. */
export function covers(wide: string, narrow: string): boolean {
  const [wideNoun = "", wideVerb = "*"] = wide.split(".");
  const [noun = "", verb = "*"] = narrow.split(".");
  return (wideNoun === "*" || wideNoun === noun) && (wideVerb === "*" || wideVerb === verb);
}

/** Whether a text is a pattern that means at least one operation. */
export function isScope(pattern: string): boolean {
  const isPattern = /^(\*|(\*|[a-z]+)\.(\*|[a-z]+))$/.test(pattern);
  return isPattern && operationNames.some((name) => isInScope(name, pattern));
}
