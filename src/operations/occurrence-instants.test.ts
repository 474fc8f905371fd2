// Stretches of equal decisions, taken apart.

import { expect, it } from "vitest";
import type { Occurrence } from "../domain/occurrence.ts";
import { Calculators } from "../domain/trigger/calculators.ts";
import { compileTrigger } from "../domain/trigger/compile.ts";
import { instantsOf } from "./occurrence-instants.ts";

const hour = 3_600_000;
const hourly = compileTrigger(
  { kind: "interval", every: "1h" },
  { anchorMs: 0, defaultTimezone: "UTC", calculators: new Calculators() },
);
const stretch: Occurrence = {
  taskKey: 1,
  scheduledForMs: 2 * hour,
  untilMs: 5 * hour,
  count: 4,
  dueAtMs: 2 * hour + 7,
  decision: "skipped",
  reason: "paused",
  decidedAtMs: 6 * hour,
};

const hoursOf = (rows: Iterable<Occurrence>): number[] =>
  [...rows].map(({ scheduledForMs }) => scheduledForMs / hour);

it("SEM 19 shows each instant of a stretch, newest first, with its own due time", () => {
  const rows = [...instantsOf(stretch, hourly)];
  expect(hoursOf(rows)).toEqual([5, 4, 3, 2]);
  expect(rows.map(({ dueAtMs, scheduledForMs }) => dueAtMs - scheduledForMs)).toEqual([7, 7, 7, 7]);
  expect(
    rows.every((row) => row.untilMs === undefined && row.count === undefined && row.reason === "paused"),
  ).toBe(true);
});

it("goes on inside a stretch where the page before ended", () => {
  expect(hoursOf(instantsOf(stretch, hourly, 4 * hour))).toEqual([3, 2]);
  expect(hoursOf(instantsOf(stretch, hourly, 3 * hour))).toEqual([2]);
});

it("keeps together what the present trigger does not know", () => {
  expect([...instantsOf({ ...stretch, untilMs: 5 * hour + 1 }, hourly)]).toEqual([
    { ...stretch, untilMs: 5 * hour + 1 },
  ]);
});

it("shows a single instant as it is", () => {
  const { untilMs: _, count: _count, ...single } = stretch;
  expect([...instantsOf(single, hourly)]).toEqual([single]);
});
