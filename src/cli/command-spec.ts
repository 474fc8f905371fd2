// Derives the command of each operation from the catalogue: a new entry needs no code here.

import type { Words } from "../contract/operation.ts";
import type { OperationName } from "../contract/routes.ts";
import { fieldsOf, type Field } from "./field.ts";

/** What a command needs to know of an entry of the catalogue. */
export interface CommandSource {
  readonly name: OperationName;
  readonly summary: Words;
  readonly description?: string;
  readonly cli: {
    readonly noun?: string;
    readonly verb: string;
    readonly args?: readonly string[];
    readonly columns?: readonly string[];
    readonly follow?: readonly string[];
  };
  /** JSON Schema of what a caller writes. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface CommandSpec {
  readonly operation: OperationName;
  readonly noun?: string;
  readonly verb: string;
  readonly summary: Words;
  readonly description?: string;
  /** Given by position, in order. */
  readonly args: readonly Field[];
  readonly options: readonly Field[];
  /** It takes a trigger, so the short ways to write one are options too. */
  readonly hasTrigger: boolean;
  readonly needsTrigger: boolean;
  readonly columns?: readonly string[];
  /** `--follow` tells these kinds of the run's stream instead. */
  readonly follow?: readonly string[];
}

/** The options that every command has; no field of an input may be spelt like one. */
export const globalFlags = [
  "--json",
  "--lang",
  "--server",
  "--api-key",
  "--database",
  "--help",
  "--version",
] as const;

export function commandSpec({ name, summary, description, cli, input }: CommandSource): CommandSpec {
  const fields = fieldsOf(input);
  const names = cli.args ?? [];
  const args = names.map((arg) => {
    const field = fields.find((candidate) => candidate.name === arg);
    if (field === undefined)
      throw new Error(`${name}: its command names the argument ${arg}, which its input lacks`);
    // A trigger can be given by its short flags instead.
    return arg === "trigger" ? { ...field, isRequired: false } : field;
  });
  return {
    operation: name,
    verb: cli.verb,
    summary,
    args,
    options: fields.filter((field) => !names.includes(field.name)),
    hasTrigger: fields.some((field) => field.name === "trigger"),
    needsTrigger: fields.some((field) => field.name === "trigger" && field.isRequired),
    ...(cli.noun === undefined ? {} : { noun: cli.noun }),
    ...(description === undefined ? {} : { description }),
    ...(cli.columns === undefined ? {} : { columns: cli.columns }),
    ...(cli.follow === undefined ? {} : { follow: cli.follow }),
  };
}

/** As it is typed: `tasks create`. */
export function spellingOf({ noun, verb }: Pick<CommandSpec, "noun" | "verb">): string {
  return noun === undefined ? verb : `${noun} ${verb}`;
}
