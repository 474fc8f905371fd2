// One run for a key: dedup and debounce, as they are written and as they are shown.

import { z } from "zod";
import { dedupConflicts } from "../../domain/dedup.ts";
import { durationOut, lineSchema, positiveDurationSchema } from "./scalars.ts";

const key = lineSchema(200);
const onConflict = z
  .enum(dedupConflicts)
  .describe(
    "`return-existing` answers with the run that has the key, `reject` refuses with 409, `replace-pending` gives a run " +
      "that has not begun the newer params",
  );
const window = positiveDurationSchema
  .describe("The key is taken for that long, whatever becomes of its run; default until the run has ended")
  .optional();

/** For one trigger. */
export const dedupSchema = z.strictObject({ key, onConflict: onConflict.optional(), window }).meta({
  id: "DedupInput",
  description: "One run for a key; `onConflict` is `return-existing` unless said",
});

/** For every run of a task. */
export const taskDedupSchema = z
  .strictObject({
    key: key.describe("A text of your own, or `params.path` for a value of the params"),
    onConflict: onConflict.optional(),
    window,
  })
  .meta({
    id: "TaskDedupInput",
    description:
      "One run for a key, of all runs of the task; an instant that meets one is `coalesced` into it",
  });

export const dedupOut = z
  .object({ key: z.string(), onConflict, window: durationOut.optional() })
  .meta({ id: "Dedup" });

export const debounceSchema = z
  .strictObject({
    key,
    wait: positiveDurationSchema.describe("Quiet that must pass before the run starts"),
    max: positiveDurationSchema
      .describe("It starts that long after the first trigger at the latest")
      .optional(),
  })
  .meta({
    id: "Debounce",
    description: "A further trigger of the key gives the pending run its params and puts it off by `wait`",
  });
