// The small values of the contract: ids, names, durations, instants, priorities, JSON.

import { z } from "zod";
import { parseDurationMs } from "../../domain/duration.ts";
import { isDeeperThan, maxJsonDepth, type Json, type JsonObject } from "../../domain/json.ts";
import { priorityNames } from "../../domain/priority.ts";
import { readTime } from "../../domain/trigger/instant-text.ts";

/** Text for names and labels: well-formed Unicode in one line, without control characters, not blank. */
export function lineSchema(maxLength: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine(
      (text) => !/[\u0000-\u001f\u007f]/.test(text),
      "control characters and line breaks are not allowed",
    )
    .refine((text) => text.isWellFormed(), "the text is not well-formed Unicode (lone surrogate)")
    .refine((text) => text === "" || text.trim() !== "", "must not be blank");
}

/** Longer text: line breaks and tabs are welcome. */
export function textSchema(maxLength: number): z.ZodString {
  return z
    .string()
    .max(maxLength)
    .refine(
      (text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text),
      "control characters are not allowed",
    )
    .refine((text) => text.isWellFormed(), "the text is not well-formed Unicode (lone surrogate)");
}

/** An id as Rota hands it out; whether it names something is found out by looking. */
export function idSchema(prefix: string): z.ZodString {
  return z.string().min(1).max(200).describe(`Id, for example \`${prefix}_01kaj0v9e2f4erz0a5m2h6t8wq\``);
}

export const userIdSchema = lineSchema(200).describe("The user it belongs to");
export const queueNameSchema = lineSchema(100).describe("Name of a queue");
export const typeSchema = lineSchema(200).describe("Type of an executor, for example `http` or `command`");
export const reasonSchema = textSchema(1000).describe("Why, in words; kept and shown");
export const cursorSchema = z.string().min(1).max(200).describe("`nextCursor` of the page before");

/** Read as milliseconds. */
export const durationSchema = z
  .union([z.string(), z.number()], { error: 'expected a duration such as "90s" or "1h30m", or milliseconds' })
  .transform((value, context): number => {
    const parsed = parseDurationMs(value);
    if (parsed.ok) return parsed.ms;
    context.addIssue({ code: "custom", message: parsed.message });
    return z.NEVER;
  })
  .meta({
    id: "Duration",
    description: 'A duration: "90s", "30m", "1h30m", "PT30M", or milliseconds as a number',
    examples: ["30m", 1_800_000],
  });

/** A duration that is not zero. */
export const positiveDurationSchema = durationSchema.refine((ms) => ms > 0, "must be longer than zero");

/** Read as milliseconds since the epoch. */
export const instantSchema = z
  .string()
  .transform((text, context): number => {
    const read = readTime(text);
    if (read?.kind === "instant") return read.ms;
    const message = "expected an instant in ISO 8601 with its offset, such as 2026-12-01T09:00:00+08:00";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .meta({ id: "Instant", format: "date-time", description: "An instant in ISO 8601 with offset" });

/** Read as a number from 1 to 10. */
export const prioritySchema = z
  .union([z.int().min(1).max(10), z.enum(["low", "normal", "high", "critical"])], {
    error: "expected an integer from 1 (least urgent) to 10, or low, normal, high, critical",
  })
  .transform((value) => (typeof value === "number" ? value : priorityNames[value]))
  .meta({
    id: "Priority",
    description: "1 to 10, 10 is most urgent; or low (3), normal (5), high (8), critical (10)",
    examples: [5, "high"],
  });

const notJson = `expected JSON, at most ${maxJsonDepth} levels deep`;

/** Any JSON value; what an embedding program passes must be JSON too. */
export const jsonSchema = z.unknown().refine(isJson, notJson) as unknown as z.ZodType<Json, Json>; // the check makes it so

export const jsonObjectSchema = z
  .record(z.string(), z.unknown())
  .refine(isJson, notJson) as unknown as z.ZodType<JsonObject, JsonObject>; // the check makes it so

/** Iterative: no input overflows the stack. The depth is looked at first, so that cycles end. */
function isJson(value: unknown): value is Json {
  if (isDeeperThan(value)) return false;
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const item = pending.pop();
    if (item === null || typeof item === "string" || typeof item === "boolean") continue;
    if (typeof item === "number") {
      if (!Number.isFinite(item)) return false;
    } else if (Array.isArray(item)) {
      for (const child of item) pending.push(child);
    } else if (typeof item === "object" && isPlain(item)) {
      for (const child of Object.values(item)) if (child !== undefined) pending.push(child);
    } else return false;
  }
  return true;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** One value or several, read as a list; in a query `?status=active,paused` or the name repeated. */
export function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z
    .union([z.array(item).min(1).max(50), item])
    .transform((value) => (Array.isArray(value) ? value : [value]));
}

/** An instant in an answer. */
export const instantOut = z.iso.datetime({ offset: true });
/** A duration in an answer, in the shortest words. */
export const durationOut = z.string().describe("A duration, for example `1h30m`");
/** A sentence in both languages. */
export const wordsOut = z.object({ en: z.string(), zh: z.string() }).meta({ id: "Words" });
