// Whatever a commit tells comes out of its packed page as it went in, in order and numbered without gap.
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Json } from "../../../domain/json.ts";
import { eventTypes } from "../../../domain/event.ts";
import { JournalPage, pageSize, unpackPage } from "./journal-page.ts";

const key = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const event = fc.record(
  {
    type: fc.constantFrom(...eventTypes.slice(0, 4)),
    atMs: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
    taskKey: key,
    runKey: key,
    seq: fc.integer({ min: 1, max: 1000 }),
    data: fc.jsonValue().map((value) => value as Json), // whatever it makes is JSON
  },
  { requiredKeys: ["type", "atMs", "taskKey"] },
);
/** Stretches of events that differ in their run only, as claims and ends make them. */
const stretch = fc
  .tuple(event, fc.array(key, { minLength: 1, maxLength: 5 }))
  .map(([first, keys]) => keys.map((runKey) => ({ ...first, runKey })));
const commit = fc
  .array(
    fc.oneof(
      event.map((one) => [one]),
      stretch,
    ),
    { maxLength: 20 },
  )
  .map((all) => all.flat());

it("the feed tells each event of a commit as it was noted", () => {
  fc.assert(
    fc.property(commit, fc.integer({ min: 1, max: 1_000_000 }), (events, position) => {
      const page = new JournalPage();
      for (const { type, atMs, ...about } of events) page.add(type, atMs, about);
      expect(page.size).toBe(events.length);
      const packed = page.take().events;
      expect(page.size).toBe(0);
      expect(pageSize(packed)).toBe(events.length);
      const plain = events.map((one, index) => ({ position: position + index, ...one }));
      expect(unpackPage(position, packed)).toEqual(JSON.parse(JSON.stringify(plain)));
    }),
  );
});

it("a page begun anew knows nothing of the one before", () => {
  const page = new JournalPage();
  page.add("run.created", 5, { taskKey: 7, runKey: 9, seq: 1 });
  const first = page.take();
  page.add("run.created", 5, { taskKey: 7, runKey: 9, seq: 1 });
  expect(page.take()).toEqual(first);
});
