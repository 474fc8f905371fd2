// Names of environment variables, and the patterns by which an operator allows them.

const name = /^[A-Za-z_][A-Za-z0-9_]*$/u;

export function isVariableName(text: string): boolean {
  return name.test(text);
}

/** Rota's own settings and facts, which no task may set. */
export function isOwnVariable(text: string): boolean {
  return text.startsWith("ROTA_");
}

/** A name, or the beginning of names and a `*`; not `*` alone, and none of Rota's own. */
export function isVariablePattern(text: string): boolean {
  const beginning = text.endsWith("*") ? text.slice(0, -1) : text;
  return isVariableName(beginning) && !isOwnVariable(beginning);
}

export function matchesAny(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern,
  );
}
