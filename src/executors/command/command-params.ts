// The params of `command`: what they may hold, and which programs and variables the operator allows.

import type { Issue } from "../../domain/errors.ts";
import { parseDurationMs } from "../../domain/duration.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import { isOwnVariable, isVariableName, matchesAny } from "../../domain/variable-name.ts";

export interface CommandParams {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Given to the program as JSON on stdin; absent: stdin is empty. */
  readonly input?: Json;
  readonly timeoutMs?: number;
}

/** Programs that may run: all, those listed, or none (the executor is switched off). */
export type AllowedPrograms = "any" | readonly string[] | undefined;

/** What the operator allows. */
export interface CommandPermissions {
  readonly programs: AllowedPrograms;
  /** Variables that may be set beside a list of programs, besides {@link harmless}: names, or beginnings such as `AWS_*`. */
  readonly environment: readonly string[];
}

export const commandParamsSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    command: {
      type: "string",
      minLength: 1,
      description: "The program: a name looked up in PATH, or a path. No shell is involved.",
    },
    args: { type: "array", items: { type: "string" }, description: "Its arguments, as they are." },
    env: {
      type: "object",
      additionalProperties: { type: "string" },
      description:
        "Environment variables to add. Where programs are listed: LANG, LC_*, PARAM_*, TZ and what the operator allows.",
    },
    cwd: { type: "string", minLength: 1, description: "The folder in which it runs." },
    input: { description: "Given to the program as JSON on stdin; without it stdin is empty." },
    timeout: {
      type: ["string", "number"],
      description: 'Longest run of the program: "90s", "5m" or milliseconds.',
    },
  },
  required: ["command"],
  additionalProperties: false,
};

const known: ReadonlySet<string> = new Set(["command", "args", "env", "cwd", "input", "timeout"]);

/**
 * Variables that may be set where programs are listed. By others a program can be made to act as another or to load foreign
 * code, in more ways than anybody could list: PYTHONWARNINGS with BROWSER, PS4 with SHELLOPTS. Nothing known reads `PARAM_`.
 */
const harmless = ["LANG", "LC_*", "PARAM_*", "TZ"] as const;

/** These of them choose a file by name: it is one of the system's own, as sudo has it too. */
const localeVariables = /^(?:LANG|LC_.*|TZ)$/u;
const leadsElsewhere = /^[/:]|\.\.|%/u;

export type ReadCommand =
  | { readonly ok: true; readonly params: CommandParams }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Reads the params, and names every problem. */
export function readCommandParams(value: unknown, allowed: CommandPermissions): ReadCommand {
  const issues: Issue[] = [];
  const refuse = (path: string, message: string, code = "invalid"): void =>
    void issues.push({ path, code, message });
  if (!isObject(value)) {
    refuse("", "expected an object with `command`");
    return { ok: false, issues };
  }
  for (const key of Object.keys(value)) {
    if (!known.has(key)) refuse(key, "unknown field", "unrecognized_key");
  }
  const { command, args = [], env = {}, cwd, input, timeout } = value;
  if (!isText(command) || command === "") refuse("command", "expected the name or path of a program");
  else checkProgram(command, allowed.programs, refuse);
  if (!isTextList(args)) refuse("args", "expected a list of texts without NUL");
  checkEnvironment(env, allowed, refuse);
  if (cwd !== undefined && (!isText(cwd) || cwd === "")) refuse("cwd", "expected a folder");
  const limit = timeout === undefined ? undefined : parseDurationMs(timeout);
  if (limit && !limit.ok) refuse("timeout", limit.message);
  if (issues.length > 0) return { ok: false, issues };
  const params = {
    command: command as string, // checked above
    args: args as readonly string[], // likewise
    env: env as Readonly<Record<string, string>>, // by `checkEnvironment`
    ...(cwd === undefined ? {} : { cwd: cwd as string }), // likewise
    ...(input === undefined ? {} : { input: input as Json }), // params come from JSON
    ...(limit?.ok ? { timeoutMs: limit.ms } : {}),
  };
  return { ok: true, params };
}

type Refuse = (path: string, message: string, code?: string) => void;

function checkProgram(command: string, allowed: AllowedPrograms, refuse: Refuse): void {
  if (allowed === "any") return;
  if (allowed === undefined) {
    refuse("command", "the command executor is switched off here", "FORBIDDEN");
    return;
  }
  // A path that depends on the folder it runs in is not one program.
  const isDefinite = command.startsWith("/") || !/[/\\]/u.test(command);
  if (!isDefinite || !allowed.includes(command))
    refuse("command", `${command} is not among the allowed programs`, "FORBIDDEN");
}

function checkEnvironment(env: unknown, allowed: CommandPermissions, refuse: Refuse): void {
  if (!isObject(env)) {
    refuse("env", "expected an object of texts");
    return;
  }
  for (const [name, text] of Object.entries(env)) {
    const path = `env.${name}`;
    if (!isVariableName(name)) refuse(path, "not a name of a variable");
    else if (isOwnVariable(name)) refuse(path, "names that begin with ROTA_ are Rota's own");
    else if (!isText(text)) refuse(path, "expected a text without NUL");
    else if (allowed.programs !== "any" && !matchesAny(name, allowed.environment))
      checkHarmless(name, text, refuse);
  }
}

function checkHarmless(name: string, text: string, refuse: Refuse): void {
  const path = `env.${name}`;
  if (!matchesAny(name, harmless)) {
    const message = `${name} may not be set where programs are listed; ${harmless.join(", ")} may, and what the server allows with --allow-command-environment ${name} (createRota: allowCommandEnvironment)`;
    refuse(path, message, "FORBIDDEN");
  } else if (localeVariables.test(name) && leadsElsewhere.test(text)) {
    refuse(path, `${name} may not lead to a file of its own where programs are listed`, "FORBIDDEN");
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0");
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
