// Writes the engine's telemetry to the log: constant messages, ids instead of keys, never a payload.

import type { IdCodec } from "../../domain/ids.ts";
import type { RunStatus } from "../../domain/run-state.ts";
import type { TelemetryEvent } from "../../ports/telemetry.ts";
import type { Logger } from "./logger.ts";
import { messages, type Fields, type LogEvent } from "./messages.ts";

type Level = "debug" | "info" | "warn" | "error";

/** Characters of an error in one line of the log. */
const errorLength = 500;

interface Line {
  readonly level: Level;
  readonly event: LogEvent;
  readonly fields: Fields;
}

/** The least urgent level at which each kind of event is written: below it nobody need build the event. */
const mostUrgent: Readonly<Record<TelemetryEvent["kind"], Level>> = {
  "engine.started": "info",
  "engine.stopped": "info",
  "run.started": "info",
  "run.ended": "error",
  "run.discarded": "warn",
  "timer.refused": "error",
  "schedule.fired": "debug",
  "schedule.refused": "error",
  "cleaner.swept": "info",
  "service.failed": "error",
};

/** The kinds of events that write something at the logger's level. */
export function loggedKinds(logger: Logger): readonly TelemetryEvent["kind"][] {
  // The keys of the literal above, which `Object.keys` widens to strings.
  const kinds = Object.keys(mostUrgent) as TelemetryEvent["kind"][];
  return kinds.filter((kind) => logger.isLevelEnabled(mostUrgent[kind]));
}

/**
 * A subscriber that writes each event as one line.
 *
 * A run's start and success are `info`, its failure is one `error`, a late result is `warn`; params and results are
 * never written, at no level.
 */
export function telemetryLog(logger: Logger, ids: IdCodec): (event: TelemetryEvent) => void {
  return (event) => {
    const { level, event: name, fields } = lineOf(event, ids);
    if (logger.isLevelEnabled(level)) logger[level]({ event: name, ...short(fields) }, messages[name]);
  };
}

/** The error of a run is text of user code, up to 8 KiB; the run keeps the whole. */
function short(fields: Fields): Fields {
  const { error } = fields;
  if (typeof error !== "string" || error.length <= errorLength) return fields;
  return { ...fields, error: `${error.slice(0, errorLength).toWellFormed()}… (cut)` };
}

function lineOf(event: TelemetryEvent, ids: IdCodec): Line {
  switch (event.kind) {
    case "run.started":
    case "run.ended":
      return runLine(event, ids);
    case "run.discarded":
      return {
        level: "warn",
        event: event.kind,
        fields: { runId: ids.encode("run", event.runKey), claim: event.claim },
      };
    case "timer.refused":
      return {
        level: "error",
        event: event.kind,
        fields: { runId: ids.encode("run", event.runKey), error: event.error },
      };
    case "schedule.refused":
      return {
        level: "error",
        event: event.kind,
        fields: { taskId: ids.encode("task", event.taskKey), error: event.error },
      };
    case "engine.started":
    case "engine.stopped":
    case "cleaner.swept":
      return plainLine("info", event);
    case "schedule.fired":
      return plainLine("debug", event);
    case "service.failed":
      return plainLine("error", event);
    default:
      return event satisfies never;
  }
}

type RunEvent = Extract<TelemetryEvent, { readonly kind: "run.started" | "run.ended" }>;
type PlainEvent = Exclude<
  TelemetryEvent,
  { readonly kind: `run.${string}` } | { readonly kind: `${"schedule" | "timer"}.refused` }
>;

function plainLine(level: Level, { kind, ...fields }: PlainEvent): Line {
  return { level, event: kind, fields };
}

function runLine(event: RunEvent, ids: IdCodec): Line {
  const { kind: _kind, runKey, taskKey, ...rest } = event;
  const fields = { runId: ids.encode("run", runKey), taskId: ids.encode("task", taskKey), ...rest };
  return event.kind === "run.ended"
    ? { ...endOf(event.status), fields }
    : { level: "info", event: "run.started", fields };
}

function endOf(status: RunStatus): Omit<Line, "fields"> {
  if (status === "completed") return { level: "info", event: "run.completed" };
  if (status === "failed" || status === "timed_out") return { level: "error", event: "run.failed" };
  return { level: "info", event: "run.stopped" };
}
