// A trigger as one word of the command line: "30m", "0 9 * * 1-5", "08:00", an instant, or JSON.

import { parseDuration } from "../domain/duration.ts";
import { presetExpressions } from "../domain/trigger/cron-presets.ts";

/** Whether a text is to be read by {@link triggerFromText}: neither JSON nor `@file`. */
export function isTriggerText(text: string): boolean {
  return isPreset(text) || !/^\s*[[{"@]/.test(text);
}

/**
 * The trigger that a text means. What is none of the known forms is handed on as an instant, so that the one judge of
 * triggers says what is wrong with it.
 */
export function triggerFromText(text: string): unknown {
  const words = text.trim();
  if (words === "manual" || words === "immediate") return { kind: words };
  if (isPreset(words) || words.split(/\s+/).length >= 5) return { kind: "cron", expression: words };
  const times = words.split(",").map((time) => time.trim());
  if (times.every((time) => /^\d{1,2}:\d\d(?::\d\d)?$/.test(time))) return { kind: "daily", times };
  const every = words.replace(/^every\s+/i, "");
  if (parseDuration(every).ok) return { kind: "interval", every };
  return { kind: "at", at: words };
}

/** `@daily` is a cron, `@trigger.json` a file. */
function isPreset(text: string): boolean {
  return presetExpressions.has(text.trim().toLowerCase());
}
