// Reads a cron expression of 5, 6 or 7 fields into bit sets.

import { bits60, type Bits60 } from "./bits.ts";
import { parseDayRule, type DayRule } from "./cron-days.ts";
import {
  fieldRules,
  fieldProblem,
  parseFieldItem,
  type FieldProblem,
  type FieldResult,
  type FieldRule,
} from "./cron-field.ts";
import { presetExpressions } from "./cron-presets.ts";
import { triggerBounds } from "./trigger.ts";

/** What an expression says, ready for arithmetic. */
export interface CronFields {
  readonly seconds: Bits60;
  readonly minutes: Bits60;
  /** Bits 0–23. */
  readonly hours: number;
  /** Bits 1–12. */
  readonly months: number;
  readonly dayRule: DayRule;
  /** Ascending; absent means every year. */
  readonly years?: readonly number[];
  /** Whether a seconds field was written. */
  readonly hasSeconds: boolean;
  /**
   * The hour field is `*`, every hour, or has a step: the expression matches the wall clock as it reads, both passes of
   * a repeated hour and nothing for a missing one, whatever `dst` says (SEM 37).
   */
  readonly isLiteral: boolean;
}

export type CronResult = { readonly ok: true; readonly fields: CronFields } | CronProblem;

export interface CronProblem {
  readonly ok: false;
  readonly message: string;
}

/**
 * Reads an expression: five fields begin with minutes, six with seconds, seven end with a year; 0 and 7 are Sunday.
 *
 * Never throws; linear in the length of the text, which is at most 1,000 characters. An expression that can never match
 * is read all the same: see {@link CronCalculator.isPossible}.
 */
export function parseCron(expression: string, dayMatch: "or" | "and" = "or"): CronResult {
  if (expression.length > triggerBounds.expressionLength) {
    return problem(
      `a cron expression has at most ${triggerBounds.expressionLength} characters, this one has ${expression.length}`,
    );
  }
  const fields = cronFieldTexts(expression);
  if (!Array.isArray(fields)) return fields;
  const [second = "0", minute = "", hour = "", dayOfMonth = "", month = "", weekday = "", year = "*"] =
    fields;
  const seconds = parseField(fieldRules.second, second);
  if (!seconds.ok) return seconds;
  const minutes = parseField(fieldRules.minute, minute);
  if (!minutes.ok) return minutes;
  const hours = parseField(fieldRules.hour, hour);
  if (!hours.ok) return hours;
  const months = parseField(fieldRules.month, month);
  if (!months.ok) return months;
  const days = parseDayRule(dayOfMonth, weekday, dayMatch);
  if (!days.ok) return days;
  const years = parseField(fieldRules.year, year);
  if (!years.ok) return years;
  return {
    ok: true,
    fields: {
      seconds: bits60(seconds.values),
      minutes: bits60(minutes.values),
      hours: bits60(hours.values).low,
      months: bits60(months.values).low,
      dayRule: days.rule,
      ...(year === "*" ? {} : { years: [...new Set(years.values)].sort((a, b) => a - b) }),
      hasSeconds: fields[0] !== undefined,
      isLiteral: hour.includes("/") || bits60(hours.values).low === 0xff_ffff,
    },
  };
}

/** The seven fields as texts, seconds (undefined where none were written) to year; presets replaced. */
function cronFieldTexts(expression: string): (string | undefined)[] | CronProblem {
  const text = expression.trim();
  const known = presetExpressions.get(text.toLowerCase());
  if (known === undefined && text.startsWith("@")) return problem(presetProblem(text));
  const fields = (known ?? text).split(/\s+/, 20);
  if (fields.length === 5) return [undefined, ...fields, "*"];
  if (fields.length === 6) return [...fields, "*"];
  if (fields.length === 7) return fields;
  const count = text === "" ? 0 : fields.length;
  return problem(
    `a cron expression has 5 fields (minute hour day month weekday), 6 (second first) or 7 (year last), this one has ${count}`,
  );
}

function parseField(rule: FieldRule, field: string): FieldResult | FieldProblem {
  if (field === "?") return fieldProblem(rule, field, "? stands only in the two day fields");
  const values: number[] = [];
  for (const item of field.split(",")) {
    const read = parseFieldItem(rule, item);
    if (!read.ok) return read;
    for (const value of read.values) values.push(value);
  }
  return { ok: true, values };
}

function presetProblem(text: string): string {
  const shown = text.slice(0, 20);
  if (/^@every/i.test(text))
    return `"${shown}" is not a cron; use an interval trigger {"kind": "interval", "every": "5m"}`;
  if (/^@reboot/i.test(text)) return '"@reboot" is not a time; use the immediate trigger';
  return `"${shown}" is not known; the presets are ${[...presetExpressions.keys()].join(", ")}`;
}

function problem(message: string): CronProblem {
  return { ok: false, message };
}
