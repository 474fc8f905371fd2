// Filters of events: patterns of types, and whose events they are.

import { describe, expect, it } from "vitest";
import { eventMatcher, eventPatterns, type EventFilter } from "./event-filter.ts";
import type { RotaEvent } from "./event.ts";
import { formatFeedPosition, parseFeedPosition } from "./feed-position.ts";

const event: RotaEvent = {
  position: 1,
  type: "run.completed",
  atMs: 0,
  taskKey: 7,
  runKey: 8,
  seq: 3,
  userId: "ann",
  conversationId: "c",
};
const fits = (filter: EventFilter, of: RotaEvent = event): boolean => eventMatcher(filter)(of);

describe("a filter of events", () => {
  it("lets everything pass that it says nothing about", () => {
    expect(fits({})).toBe(true);
    expect(fits({ taskKey: 7, runKey: 8, userId: "ann", conversationId: "c", types: ["run.*"] })).toBe(true);
  });

  it.each<EventFilter>([
    { taskKey: 8 },
    { runKey: 7 },
    { userId: "bob" },
    { conversationId: "d" },
    { types: ["run.failed", "task.*"] },
    { types: [] },
    { types: ["run.*"], userId: "bob" },
  ])("keeps back what does not fit: %j", (filter) => {
    expect(fits(filter)).toBe(false);
  });

  it.each(["run.completed", "run.*", "*"])("knows the type by the pattern %s", (pattern) => {
    expect(eventPatterns).toContain(pattern);
    expect(fits({ types: ["task.paused", pattern] })).toBe(true);
  });

  it("R13 shows what belongs to nobody to no user", () => {
    const { userId: _, ...ownerless } = event;
    expect(fits({ userId: "ann" }, ownerless)).toBe(false);
  });
});

describe("a place in the feed", () => {
  it("reads back as it was written, and is nothing else", () => {
    const place = { feedId: "ledger_01kaj0v9e2f4erz0a5m2h6t8wq", position: 123 };
    expect(parseFeedPosition(formatFeedPosition(place))).toEqual(place);
    for (const text of ["", "123", ".1", "a.", "a.-1", "a.1e3", `a.${"9".repeat(17)}`, "a b.1"])
      expect(parseFeedPosition(text)).toBeUndefined();
  });
});
