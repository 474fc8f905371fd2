// The short ways to write a trigger: --every 30m, --cron "0 9 * * 1-5", --at <time>, --daily 08:00, --timezone.

import { RotaError } from "../domain/errors.ts";

export interface TriggerFlags {
  readonly every?: string;
  readonly cron?: string;
  readonly at?: string;
  readonly daily?: readonly string[];
  readonly timezone?: string;
}

interface TriggerFlag {
  readonly name: keyof TriggerFlags;
  readonly flags: string;
  readonly description: string;
}

export const triggerFlags: readonly TriggerFlag[] = [
  {
    name: "every",
    flags: "--every <duration>",
    description: 'Fires in this interval, for example "30m" or "1d"',
  },
  {
    name: "cron",
    flags: "--cron <expression>",
    description: 'Fires by this cron, for example "0 9 * * 1-5"',
  },
  {
    name: "at",
    flags: "--at <time>",
    description: "Fires once, at an instant or a local time of --timezone",
  },
  {
    name: "daily",
    flags: "--daily <time>",
    description: "Fires every day at this time, for example 08:00; may be repeated",
  },
  {
    name: "timezone",
    flags: "--timezone <zone>",
    description: "Zone of the trigger, for example Asia/Shanghai",
  },
];

/**
 * The trigger that the flags mean, or `written` (from an argument or --trigger) with the zone of the flags.
 *
 * @throws VALIDATION_FAILED when they contradict each other, or only a zone is given
 */
export function triggerFrom({ every, cron, at, daily, timezone }: TriggerFlags, written: unknown): unknown {
  const triggers = [
    { name: "--every", value: every, trigger: { kind: "interval", every } },
    { name: "--cron", value: cron, trigger: { kind: "cron", expression: cron } },
    { name: "--at", value: at, trigger: { kind: "at", at } },
    { name: "--daily", value: daily, trigger: { kind: "daily", times: splitTimes(daily ?? []) } },
    { name: "the trigger itself", value: written, trigger: written },
  ].filter(({ value }) => value !== undefined);
  const [first, second] = triggers;
  if (first === undefined && timezone !== undefined) {
    throw refusal("--timezone belongs to a trigger: add --every, --cron, --at or --daily");
  }
  if (first !== undefined && second !== undefined) {
    throw refusal(`${first.name} and ${second.name} are two triggers; give one, or JSON of kind "any"`);
  }
  return timezone === undefined ? first?.trigger : withZone(first?.trigger, timezone);
}

function splitTimes(daily: readonly string[]): readonly string[] {
  return daily.flatMap((times) => times.split(",").map((time) => time.trim()));
}

function withZone(trigger: unknown, timezone: string): unknown {
  return typeof trigger === "object" && trigger !== null ? { ...trigger, timezone } : trigger;
}

function refusal(message: string): RotaError {
  return new RotaError("VALIDATION_FAILED", message, {
    details: { issues: [{ path: "trigger", code: "invalid", message }] },
  });
}
