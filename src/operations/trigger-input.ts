// From what a caller wrote about a run it asks for to what the engine takes.

import type { TriggerInput } from "../domain/task-input.ts";
import type { ParsedOf } from "../contract/catalogue.ts";
import { present, when } from "./present.ts";
import { dedupOf } from "./task-input.ts";

type Written = Omit<ParsedOf<"tasks.trigger">, "id" | "wait">;

export function triggerInput(input: Written): TriggerInput {
  const { runAt, delay, key, expireAfter, deadline, dedup, debounce, ...plain } = input;
  return present({
    ...plain,
    runAtMs: runAt,
    delayMs: delay,
    concurrencyKey: key,
    expireAfterMs: expireAfter,
    deadlineMs: deadline,
    dedup: when(dedup, dedupOf),
    debounce: when(debounce, ({ key: name, wait, max }) => present({ key: name, waitMs: wait, maxMs: max })),
  });
}
