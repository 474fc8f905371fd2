// The trigger as the contract shows it: its fields and their types; what they mean is checked by domain/trigger.

import { z } from "zod";
import { dayNames, gapPolicies, overlapChoices, triggerBounds } from "../../domain/trigger/trigger.ts";

// Durations and times stay as they were written: a trigger is kept and shown in the caller's own words.
const duration = z.union([z.string().max(64), z.number()], {
  error: 'expected a duration such as "30m" or "1d", or milliseconds',
});
const time = z.string().max(64);
const days = z.array(z.enum(dayNames)).min(1).max(7);

const zoned = {
  timezone: z
    .string()
    .max(64)
    .describe("IANA name, for example `Asia/Shanghai`; default the server's zone")
    .optional(),
  dst: z
    .strictObject({ gap: z.enum(gapPolicies).optional(), overlap: z.enum(overlapChoices).optional() })
    .describe("What a local time does on the days when the clocks change")
    .optional(),
};

const bounds = {
  startAt: time.describe("First instant that may fire").optional(),
  endAt: time.describe("Last instant that may fire").optional(),
  jitter: duration.describe("Width of the deterministic spread of due times").optional(),
  exclude: z
    .array(z.string().max(triggerBounds.expressionLength))
    .max(triggerBounds.excludes)
    .describe("Local dates, ranges `2027-05-01/2027-05-07`, or cron expressions that are left out")
    .optional(),
};

const at = {
  kind: z.literal("at"),
  at: time.describe("An instant in ISO 8601, or a local time of `timezone`"),
  ...zoned,
};
const interval = {
  kind: z.literal("interval"),
  every: duration.describe(
    'For example "30m", "2d" or "3mo"; days and longer count on the wall clock of the zone',
  ),
  at: time.describe("Local time of day, for days and longer").optional(),
  anchor: time.describe("An instant of the grid; default creation or the last edit").optional(),
  mode: z
    .enum(["fixed-rate", "fixed-delay"])
    .describe("Default fixed-rate: a grid that never drifts")
    .optional(),
  ...zoned,
};
const cron = {
  kind: z.literal("cron"),
  expression: z
    .string()
    .max(triggerBounds.expressionLength)
    .describe("5 fields, 6 with leading seconds, or 7 with the year; or a preset such as `@daily`"),
  dayMatch: z
    .enum(["or", "and"])
    .describe("When both day fields are set: either (default) or both must match")
    .optional(),
  ...zoned,
};
const daily = {
  kind: z.literal("daily"),
  times: z
    .array(z.string().max(8))
    .min(1)
    .max(triggerBounds.times)
    .describe('Local times of day, for example ["08:00"]'),
  days: days.describe("Default every day").optional(),
  ...zoned,
};
const member = z.discriminatedUnion("kind", [
  z.strictObject(at),
  z.strictObject(interval),
  z.strictObject(cron),
  z.strictObject(daily),
]);

const anyTrigger = z.strictObject({
  kind: z.literal("any"),
  triggers: z.array(member).min(1).max(triggerBounds.members).describe("Instants that coincide are one"),
  ...zoned,
  ...bounds,
});

/** When a task fires. */
export const triggerSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("manual"), ...zoned }),
    z.strictObject({ kind: z.literal("immediate"), ...zoned }),
    z.strictObject({ ...at, ...bounds }),
    z.strictObject({ ...interval, ...bounds }),
    z.strictObject({ ...cron, ...bounds }),
    z.strictObject({ ...daily, ...bounds }),
    anyTrigger,
  ])
  .meta({
    id: "Trigger",
    description: "When a task fires",
    examples: [
      { kind: "cron", expression: "0 9 * * 1-5", timezone: "Asia/Shanghai" },
      { kind: "interval", every: "30m" },
      { kind: "at", at: "2026-12-01T09:00:00+08:00" },
      { kind: "daily", times: ["08:00", "20:00"], timezone: "Europe/Berlin" },
    ],
  });

/**
 * A trigger in a request: documented by {@link triggerSchema}, and handed on as it came. `checkTrigger` of the domain
 * is the one judge of triggers; it accepts more spellings and says more about what is wrong (`INVALID_TRIGGER`).
 */
export const triggerInputSchema = documentedBy(triggerSchema);

/** Local hours in which instants may start runs. */
export const windowSchema = z
  .strictObject({
    days: days.optional(),
    from: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected HH:MM")
      .describe("`HH:MM`, included"),
    to: z
      .string()
      .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "expected HH:MM or 24:00")
      .describe("`HH:MM` or `24:00`, not included; before `from` it means the next day"),
  })
  .meta({ id: "Window" });

/** Accepts anything but nothing, and shows itself in JSON Schema as the given one. */
function documentedBy(schema: typeof triggerSchema) {
  const open = z.custom<z.output<typeof triggerSchema>>((value) => value !== undefined, "is missing");
  open._zod.toJSONSchema = () => bodyOf(z.toJSONSchema(schema, { io: "input" }));
  // `register` names the schema itself; `meta` would name a copy, which shows what it was copied from.
  return open.register(z.globalRegistry, { id: "Trigger" });
}

/** Without the names around it: those belong to the schema that is shown, not to the one that describes it. */
function bodyOf(described: object): unknown {
  const { $defs } = described as { $defs?: { Trigger?: object } }; // the schema's id puts its body there
  return $defs?.Trigger;
}
