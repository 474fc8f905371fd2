// A trigger in natural words, English and Chinese.

import { parseDuration, parseDurationMs } from "../duration.ts";
import type { Calculators } from "./calculators.ts";
import { parseCron, type CronFields } from "./cron-expression.ts";
import { daysMask } from "./daily.ts";
import { describeCron, describeExcludedCron } from "./describe-cron.ts";
import { formatLocal, formatTimeOfDay, readTime, readTimeOfDay } from "./instant-text.ts";
import {
  triggerDefaults,
  type CronTrigger,
  type IntervalTrigger,
  type MemberTrigger,
  type ScheduleOptions,
  type Trigger,
} from "./trigger.ts";
import { durationWords, everyWeekdayWords, everyWords, listed, listedZh, type Words } from "./words.ts";

/**
 * Says what a checked trigger does: "every 5 minutes" / "每5分钟", "every weekday at 09:00 (Asia/Shanghai)" /
 * "工作日每天 09:00（Asia/Shanghai）". The zone is named wherever hours or days depend on it.
 *
 * @param defaultTimezone - the zone of triggers that name none; default UTC
 * @param calculators - where crons are that were parsed before; default none
 */
export function describeTrigger(
  trigger: Trigger,
  defaultTimezone: string = triggerDefaults.timezone,
  calculators?: Calculators,
): Words {
  if (trigger.kind === "manual") return { en: "only when it is started by hand", zh: "仅手动触发" };
  if (trigger.kind === "immediate") return { en: "once, immediately", zh: "立即执行一次" };
  const timezone = trigger.timezone ?? defaultTimezone;
  const words =
    trigger.kind === "any"
      ? united(
          trigger.triggers.map((member) => describeMember(member, member.timezone ?? timezone, calculators)),
        )
      : describeMember(trigger, timezone, calculators);
  return withOptions(words, trigger);
}

function united(members: readonly Words[]): Words {
  return { en: members.map(({ en }) => en).join("; and "), zh: members.map(({ zh }) => zh).join("；以及") };
}

function describeMember(
  trigger: MemberTrigger,
  timezone: string,
  calculators: Calculators | undefined,
): Words {
  switch (trigger.kind) {
    case "at":
      return describeAt(trigger.at, timezone);
    case "interval":
      return describeInterval(trigger, timezone);
    case "cron": {
      const fields = cronFields(trigger, calculators);
      if (fields === undefined) return { en: trigger.expression, zh: trigger.expression };
      const { en, zh, needsZone } = describeCron(fields);
      return needsZone ? inZone({ en, zh }, timezone) : { en, zh };
    }
    case "daily": {
      const days = everyWeekdayWords(daysMask(trigger.days));
      const times = trigger.times.map((time) => formatTimeOfDay(readTimeOfDay(time) ?? 0)).sort();
      return inZone({ en: `${days.en} at ${listed(times)}`, zh: `${days.zh} ${listedZh(times)}` }, timezone);
    }
  }
}

function cronFields(
  { expression, dayMatch = "or" }: CronTrigger,
  calculators: Calculators | undefined,
): CronFields | undefined {
  const known = calculators?.calculator({ expression, dayMatch }) ?? parseCron(expression, dayMatch);
  return "fields" in known ? known.fields : undefined;
}

function inZone({ en, zh }: Words, timezone: string): Words {
  return { en: `${en} (${timezone})`, zh: `${zh}（${timezone}）` };
}

function describeAt(text: string, timezone: string): Words {
  const time = timeWords(text);
  const words = { en: `once at ${time}`, zh: `${time} 执行一次` };
  return readTime(text)?.kind === "local" ? inZone(words, timezone) : words;
}

/** A time as it was written, in one spelling: `2027-03-28 09:00` or `2027-03-28 09:00 +08:00`. */
function timeWords(text: string): string {
  const time = readTime(text);
  if (time === undefined) return text;
  if (time.kind === "local")
    return time.isDate ? formatLocal(time.localMs).slice(0, 10) : formatLocal(time.localMs);
  const offset = /(Z|[+-]\d\d:?(?:\d\d)?)$/i.exec(text)?.[1] ?? "Z";
  const reading = readTime(text.slice(0, text.length - offset.length));
  const shown = offset.toUpperCase() === "Z" ? "UTC" : offset;
  return reading?.kind === "local" ? `${formatLocal(reading.localMs)} ${shown}` : text;
}

function describeInterval(trigger: IntervalTrigger, timezone: string): Words {
  const isDelay = trigger.mode === "fixed-delay";
  const every = parseDuration(trigger.every);
  if (!every.ok) return { en: String(trigger.every), zh: String(trigger.every) };
  if (isDelay) {
    const { en, zh } = durationWords(every.duration);
    return { en: `${en} after each run ends`, zh: `每次运行结束${zh}后` };
  }
  const words = everyWords(every.duration);
  if (every.duration.kind === "elapsed") return words;
  const at = trigger.at === undefined ? undefined : formatTimeOfDay(readTimeOfDay(trigger.at) ?? 0);
  return inZone(at === undefined ? words : { en: `${words.en} at ${at}`, zh: `${words.zh} ${at}` }, timezone);
}

function withOptions({ en, zh }: Words, { startAt, endAt, exclude, jitter }: ScheduleOptions): Words {
  const partsEn = [en];
  const partsZh = [zh];
  if (startAt !== undefined) {
    partsEn.push(`from ${timeWords(startAt)}`);
    partsZh.push(`自 ${timeWords(startAt)} 起`);
  }
  if (endAt !== undefined) {
    partsEn.push(`until ${timeWords(endAt)}`);
    partsZh.push(`至 ${timeWords(endAt)} 止`);
  }
  if (exclude !== undefined && exclude.length > 0) {
    const entries = exclude.map(excludedWords);
    partsEn.push(`except ${listed(entries.map((entry) => entry.en))}`);
    partsZh.push(`除外：${listedZh(entries.map((entry) => entry.zh))}`);
  }
  const spread = jitter === undefined ? undefined : parseDurationMs(jitter);
  if (spread?.ok === true && spread.ms > 0) {
    const words = durationWords({ kind: "elapsed", ms: spread.ms });
    partsEn.push(`up to ${words.en} later, always the same for one task`);
    partsZh.push(`最多推迟${words.zh}（同一任务固定）`);
  }
  return { en: partsEn.join(", "), zh: partsZh.join("，") };
}

function excludedWords(entry: string): Words {
  const parsed = /\s/.test(entry.trim()) || entry.startsWith("@") ? parseCron(entry) : undefined;
  if (parsed?.ok === true) return describeExcludedCron(parsed.fields);
  const shown = entry.replace("/", " – ");
  return { en: shown, zh: shown };
}
