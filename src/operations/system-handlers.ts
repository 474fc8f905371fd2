// The handlers of the operations on schedules as such and on the installation.

import { validationFailed } from "../domain/errors.ts";
import type { MisfirePolicy, Trigger } from "../domain/trigger/trigger.ts";
import { defaultMisfireFor } from "../domain/trigger/trigger.ts";
import { checkTrigger } from "../domain/trigger/check.ts";
import { previewTrigger } from "../domain/trigger/preview.ts";
import { simulateTrigger } from "../domain/trigger/simulate.ts";
import { triggerWarnings } from "../domain/trigger/warnings.ts";
import type { OutputOf, ParsedOf } from "../contract/catalogue.ts";
import type { Handlers } from "./handlers.ts";
import { present, when } from "./present.ts";
import type { Call, Services } from "./services.ts";
import { statistics } from "./statistics.ts";
import { misfireOf } from "./task-input.ts";
import { inZoneOf } from "./time-text.ts";

const dayMs = 86_400_000;

export const systemHandlers: Handlers<
  "schedules.preview" | "schedules.simulate" | "stats.get" | "limits.get" | "maintenance.cleanup"
> = {
  "schedules.preview": async ({ trigger, from, count, runDuration }, { services }) => {
    const fromMs = from ?? services.clock.now();
    const checked = readTrigger(trigger, services);
    const options = {
      ...context(fromMs, services),
      fromMs,
      count,
      ...present({ runDurationMs: runDuration }),
    };
    const { isEstimated, ...preview } = previewTrigger(checked, options);
    return { ...preview, estimated: isEstimated ?? false };
  },
  "schedules.simulate": async (input, call) => simulate(input, call),
  "stats.get": (_, call) => statistics(call),
  "limits.get": async (_, { services }) => services.limits,
  "maintenance.cleanup": (_, { services }) => services.engine.maintenance.cleanup(),
};

function simulate(input: ParsedOf<"schedules.simulate">, { services }: Call): OutputOf<"schedules.simulate"> {
  const trigger = readTrigger(input.trigger, services);
  const fromMs = input.from ?? services.clock.now();
  const untilMs = input.until ?? fromMs + dayMs;
  if (untilMs < fromMs) {
    const message = `is before the simulated time begins (${new Date(fromMs).toISOString()})`;
    throw validationFailed([{ path: "until", code: "OUT_OF_RANGE", message }]);
  }
  const place = context(fromMs, services);
  const { occurrences, isTruncated, isEstimated } = simulateTrigger({
    trigger,
    context: place,
    fromMs,
    untilMs,
    ...present({
      misfire: when(input.misfire, (given): MisfirePolicy => ({
        ...defaultMisfireFor(trigger),
        ...misfireOf(given),
      })),
      overlap: input.overlap?.policy,
      overlapMax: when(input.overlap, (overlap) => ("max" in overlap ? overlap.max : undefined)),
      outages: when(input.outage, ({ from, until }) => [{ fromMs: from, untilMs: until }]),
      windows: when(input.windows, (windows) => windows.map((window) => present(window))),
      runDurationMs: input.runDuration,
      maxRuns: input.maxRuns,
    }),
  });
  const time = inZoneOf(trigger, services);
  return {
    occurrences: occurrences.map((item) =>
      present({
        scheduledFor: time(item.scheduledForMs),
        until: when(item.untilMs, time),
        count: item.untilMs === undefined ? undefined : item.count,
        dueAt: time(item.dueAtMs),
        decision: item.decision,
        reason: item.reason,
        into: when(item.intoMs, time),
        decidedAt: time(item.decidedAtMs),
        startedAt: when(item.startedAtMs, time),
        finishedAt: when(item.finishedAtMs, time),
        cancelled: item.isCancelled,
      }),
    ),
    truncated: isTruncated,
    estimated: isEstimated,
    warnings: triggerWarnings(trigger, { ...place, fromMs }),
  };
}

/** Nothing is compared with the present here: a preview may begin in the past. @throws INVALID_TRIGGER */
function readTrigger(input: unknown, { calculators, defaults }: Services): Trigger {
  const checked = checkTrigger(input, {
    calculators,
    defaultTimezone: defaults.timezone,
    minimumIntervalMs: defaults.minIntervalMs,
  });
  if (!checked.ok) throw validationFailed(checked.issues, "INVALID_TRIGGER");
  return checked.trigger;
}

function context(anchorMs: number, { calculators, defaults }: Services) {
  return { calculators, anchorMs, defaultTimezone: defaults.timezone };
}
