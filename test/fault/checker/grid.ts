// The checker's own arithmetic of intervals and cron: slow, obvious, and shared with nothing.

/** Every instant of a grid in [fromMs, throughMs], ascending. */
export type Grid = (fromMs: number, throughMs: number) => readonly number[];

export function intervalGrid(everyMs: number, anchorMs: number): Grid {
  return (fromMs, throughMs) => {
    const instants: number[] = [];
    for (let n = Math.ceil((fromMs - anchorMs) / everyMs); anchorMs + n * everyMs <= throughMs; n++)
      instants.push(anchorMs + n * everyMs);
    return instants;
  };
}

/** Cron in UTC with 5 or 6 fields of `*`, numbers, ranges, steps and lists; walks through every second. */
export function cronGrid(expression: string): Grid {
  const parts = expression.split(" ");
  const fields = parts.length === 5 ? ["0", ...parts] : parts;
  if (fields.length !== 6) throw new Error(`the checker cannot read the cron ${expression}`);
  const [second, minute, hour, day, month, weekday] = fields.map((field, index) => fieldTest(field, index));
  return (fromMs, throughMs) => {
    const instants: number[] = [];
    for (let ms = Math.ceil(fromMs / 1000) * 1000; ms <= throughMs; ms += 1000) {
      const at = new Date(ms);
      const fits =
        second?.(at.getUTCSeconds()) &&
        minute?.(at.getUTCMinutes()) &&
        hour?.(at.getUTCHours()) &&
        month?.(at.getUTCMonth() + 1) &&
        day?.(at.getUTCDate()) &&
        weekday?.(at.getUTCDay());
      if (fits) instants.push(ms);
    }
    return instants;
  };
}

const lowest = [0, 0, 0, 1, 1, 0];
const highest = [59, 59, 23, 31, 12, 6];

function fieldTest(field: string, index: number): (value: number) => boolean {
  const values = new Set<number>();
  for (const item of field.split(",")) {
    const [span = "*", step = "1"] = item.split("/");
    const [from, to] = span === "*" ? [lowest[index], highest[index]] : span.split("-").map(Number);
    if (from === undefined || Number.isNaN(from))
      throw new Error(`the checker cannot read the cron field ${field}`);
    for (let value = from; value <= (to ?? from); value += Number(step)) values.add(value);
  }
  return (value) => values.has(value);
}
