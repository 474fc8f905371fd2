// Makes the command of one operation: its arguments, its options and their help texts.

import { Argument, Option, type Command } from "commander";
import type { CommandSpec } from "./command-spec.ts";
import type { Field } from "./field.ts";
import type { Language } from "./language.ts";
import { isFlagOnly, isList } from "./read-field.ts";
import { triggerFlags } from "./trigger-flags.ts";

/** Called with what was given, by name of field or of short flag. */
export type OperationAction = (given: Readonly<Record<string, unknown>>, command: Command) => Promise<void>;

export function addOperationCommand(
  parent: Command,
  spec: CommandSpec,
  { language, act }: { readonly language: Language; readonly act: OperationAction },
): Command {
  const command = parent
    .command(spec.verb)
    .summary(spec.summary[language])
    .description(descriptionOf(spec, language));
  if (spec.args.length > 0) command.usage(["[options]", ...spec.args.map(argumentText)].join(" "));
  const names = new Map<string, string>();
  for (const field of spec.args) {
    // Never required by the parser: the same field can be given by its flag.
    command.addArgument(
      new Argument(isList(field) ? `[${field.name}...]` : `[${field.name}]`, textOf(field)),
    );
    for (const option of optionsOf(field)) {
      names.set(option.attributeName(), field.name);
      command.addOption(option.hideHelp());
    }
  }
  for (const field of spec.options) {
    for (const option of optionsOf(field)) {
      names.set(option.attributeName(), field.name);
      command.addOption(option);
    }
  }
  if (spec.hasTrigger) addTriggerFlags(command, spec, names);
  if (spec.follow !== undefined) addFollowFlag(command, language);
  command.action(async () => {
    const given: Record<string, unknown> = {};
    for (const [attribute, value] of Object.entries(command.opts())) {
      const name = names.get(attribute);
      if (name !== undefined) given[name] = value;
    }
    for (const [index, field] of spec.args.entries()) {
      const value: unknown = command.processedArgs[index];
      if (value === undefined) continue;
      if (given[field.name] !== undefined)
        command.error(`<${field.name}> and ${field.flag} are the same; give one`);
      given[field.name] = value;
    }
    await act(given, command);
  });
  return command;
}

function addTriggerFlags(command: Command, spec: CommandSpec, names: Map<string, string>): void {
  for (const { name, flags, description } of triggerFlags) {
    if (spec.options.some((field) => field.name === name)) continue;
    const option = new Option(flags, description);
    names.set(option.attributeName(), name);
    command.addOption(name === "daily" ? option.argParser(collect) : option);
  }
}

/** Goes on until the run has ended. */
export function addFollowFlag(command: Command, language: Language): void {
  command.option(
    "-f, --follow",
    language === "zh" ? "持续显示，直到运行结束" : "go on as it comes, until the run has ended",
  );
}

function argumentText(field: Field): string {
  const name = isList(field) ? `${field.name}...` : field.name;
  return field.isRequired ? `<${name}>` : `[${name}]`;
}

/** A field that is only true or false has two flags: `--force` and `--no-force`. */
function optionsOf(field: Field): readonly Option[] {
  if (isFlagOnly(field)) {
    return [new Option(field.flag, textOf(field)), new Option(`--no-${field.flag.slice(2)}`).hideHelp()];
  }
  const option = new Option(`${field.flag} <${placeholderOf(field)}>`, textOf(field));
  return [isList(field) ? option.argParser(collect) : option];
}

function placeholderOf(field: Field): string {
  if (field.shapes.has("any") || (field.shapes.has("object") && !field.shapes.has("text"))) return "json";
  if (isList(field)) return field.itemShapes.has("text") ? "value…" : "json";
  return field.shapes.has("number") && !field.shapes.has("text") ? "number" : "value";
}

function textOf(field: Field): string {
  const parts = [field.description.replaceAll("`", "")];
  if (field.name === "trigger")
    return `${parts.join("")}: "30m", "08:00", a cron, an instant, JSON, or @file`;
  if (field.choices.length > 0) parts.push(`one of ${field.choices.join(", ")}`);
  if (isList(field)) parts.push("may be repeated");
  else if (placeholderOf(field) === "json") parts.push("JSON, or @file");
  if (field.isRequired) parts.push("required");
  return parts.filter((part) => part !== "").join("; ");
}

function descriptionOf(spec: CommandSpec, language: Language): string {
  if (language === "zh") return `${spec.summary.zh}。`;
  return spec.description === undefined
    ? `${spec.summary.en}.`
    : `${spec.summary.en}.\n\n${spec.description}`;
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
