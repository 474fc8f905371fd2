// Priority 1–10 and a run's place in its queue: urgency and ageing in one number (SEM 3).

export const priorityNames = { low: 3, normal: 5, high: 8, critical: 10 } as const;

export const defaultPriority = 5;

/** What one step of priority is worth: a run of priority n goes before one of n−1 that is up to this much older. */
export const priorityStepMs = 600_000;

/**
 * A run's place: `dueAt − (priority − 5) × 10 min`; lower goes first. It is computed once and never again, so that low
 * work cannot starve: it ages by standing still while newer places grow.
 */
export function placeOf(dueAtMs: number, priority: number): number {
  return dueAtMs - (priority - defaultPriority) * priorityStepMs;
}
