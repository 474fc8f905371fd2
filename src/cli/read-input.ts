// Puts the input of an operation together from the arguments and options of its command.

import { RotaError, type Issue } from "../domain/errors.ts";
import { spellingOf, type CommandSpec } from "./command-spec.ts";
import type { Field } from "./field.ts";
import { readField, type ReadText } from "./read-field.ts";
import { triggerFrom, type TriggerFlags } from "./trigger-flags.ts";
import { isTriggerText, triggerFromText } from "./trigger-text.ts";

/** As the argument parser hands them over: text, a list of texts, or true and false for plain flags. */
export type Given = Readonly<Record<string, unknown>>;

/**
 * @param given - arguments and options by name of field, and the trigger's short flags by their own names
 * @throws VALIDATION_FAILED when something needed is missing or cannot be read
 */
export function readInput(
  spec: CommandSpec,
  given: Given,
  read: ReadText,
): Readonly<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const field of [...spec.args, ...spec.options]) {
    const value = given[field.name];
    if (value === undefined) continue;
    input[field.name] = typeof value === "boolean" ? value : readTyped(field, textsOf(value), read);
  }
  if (spec.hasTrigger) {
    const trigger = triggerFrom(triggerFlagsOf(spec, given), input["trigger"]);
    if (trigger !== undefined) input["trigger"] = trigger;
  }
  refuseMissing(spec, input);
  return input;
}

function readTyped(field: Field, texts: readonly string[], read: ReadText): unknown {
  const [first = ""] = texts;
  return field.name === "trigger" && isTriggerText(first)
    ? triggerFromText(first)
    : readField(field, texts, read);
}

/** A field of the input with the same name goes before a short flag. */
function triggerFlagsOf(spec: CommandSpec, given: Given): TriggerFlags {
  const own = new Set(spec.options.map((field) => field.name));
  const text = (name: keyof TriggerFlags): string | undefined => {
    const value = given[name];
    return typeof value === "string" && !own.has(name) ? value : undefined;
  };
  const [every, cron, at, timezone] = [text("every"), text("cron"), text("at"), text("timezone")];
  const daily = given["daily"] === undefined || own.has("daily") ? undefined : textsOf(given["daily"]);
  return {
    ...(every === undefined ? {} : { every }),
    ...(cron === undefined ? {} : { cron }),
    ...(at === undefined ? {} : { at }),
    ...(daily === undefined ? {} : { daily }),
    ...(timezone === undefined ? {} : { timezone }),
  };
}

function refuseMissing(spec: CommandSpec, input: Readonly<Record<string, unknown>>): void {
  const missing = [...spec.args, ...spec.options].filter(
    (field) =>
      (field.isRequired || (spec.needsTrigger && field.name === "trigger")) &&
      input[field.name] === undefined,
  );
  if (missing.length === 0) return;
  const issues = missing.map((field): Issue => ({
    path: field.name,
    code: "missing",
    message: "is missing",
  }));
  const message = `${spellingOf(spec)} needs ${missing.map((field) => wanted(spec, field)).join(" and ")}`;
  throw new RotaError("VALIDATION_FAILED", message, { details: { issues } });
}

function wanted(spec: CommandSpec, field: Field): string {
  if (field.name === "trigger") return "a trigger, for example --every 30m";
  return spec.args.includes(field) ? `<${field.name}>` : field.flag;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
