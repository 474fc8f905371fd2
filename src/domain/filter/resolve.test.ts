// What a filter means at a moment, in a zone, and which things it lets pass.
import { describe, expect, it } from "vitest";
import { Zone } from "../trigger/zone.ts";
import { passes } from "./evaluate.ts";
import type { Condition } from "./expression.ts";
import { parseFilter } from "./parse.ts";
import { isRelative, resolveFilter } from "./resolve.ts";
import { eventVocabulary, runVocabulary } from "./vocabularies.ts";

const nowMs = Date.UTC(2026, 10, 24, 18, 30);

function setup(zoneName = "UTC", vocabulary: typeof runVocabulary | typeof eventVocabulary = runVocabulary) {
  const zone = Zone.find(zoneName);
  if (zone === undefined) throw new Error(`no zone ${zoneName}`);
  const written = (text: string) => {
    const parsed = parseFilter(text, vocabulary);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.filter;
  };
  const keyOf = (prefix: string, id: string) =>
    id.startsWith(`${prefix}_`) ? Number(id.slice(-1)) : undefined;
  const resolve = (text: string): Condition =>
    resolveFilter(written(text), { vocabulary, nowMs, zone, keyOf });
  /** Whether a run created then passes. */
  const takes = (text: string, createdAt: string) =>
    passes(resolve(text), (field) => (field === "createdAt" ? [Date.parse(createdAt)] : []));
  return { written, resolve, takes };
}

describe("the meaning of a filter", () => {
  it("counts relative times from the moment it is asked", () => {
    const { takes } = setup();
    expect(takes("created>-1h", "2026-11-24T17:30:00.001Z")).toBe(true);
    expect(takes("created>-1h", "2026-11-24T17:30:00Z")).toBe(false);
    expect(takes("created:-2h..now", "2026-11-24T16:30:00Z")).toBe(true);
  });

  it.each([
    ["created:today", "2026-11-23T23:59:59Z", false],
    ["created:today", "2026-11-24T00:00:00Z", true],
    ["created:yesterday", "2026-11-23T00:00:00Z", true],
    ["created>yesterday", "2026-11-23T23:59:59Z", false],
    ["created>yesterday", "2026-11-24T00:00:00Z", true],
    ["created<=2026-11-23", "2026-11-23T23:59:59Z", true],
    ["created<=2026-11-23", "2026-11-24T00:00:00Z", false],
    ["created<2026-11-23", "2026-11-22T23:59:59Z", true],
    ["created:2026-11-01..2026-11-23", "2026-11-23T23:00:00Z", true],
    ["created!=today", "2026-11-24T10:00:00Z", false],
  ])("takes a day as all of it: %s at %s is %s", (text, at, expected) => {
    expect(setup().takes(text, at)).toBe(expected);
  });

  it("begins days where the clocks of the zone do", () => {
    const { takes } = setup("Asia/Shanghai");
    expect(takes("created:today", "2026-11-24T16:00:00Z")).toBe(true);
    expect(takes("created:today", "2026-11-24T15:59:59Z")).toBe(false);
    expect(takes('created<"2026-11-24 10:00"', "2026-11-24T01:59:59Z")).toBe(true);
  });

  it("turns ids into keys, and says which id names nothing", () => {
    const { resolve } = setup();
    expect(resolve("task:task_7")).toMatchObject({ field: "taskId", values: [7] });
    expect(() => resolve("task:run_7")).toThrow("task run_7 not found");
  });

  it("knows whether it depends on the moment", () => {
    const { written } = setup();
    expect(isRelative(written("status:failed (type:a or -created<today)"))).toBe(true);
    expect(isRelative(written("status:failed created>2026-11-24 duration>1h name:x startedAt:*"))).toBe(
      false,
    );
  });

  it("looks into JSON by its path; of a list one item is enough", () => {
    const event = {
      type: ["run.failed"],
      data: [{ error: { code: "E1", at: 5 }, tags: ["a", "b"], on: true }],
    };
    const { resolve } = setup("UTC", eventVocabulary);
    const takes = (text: string) =>
      passes(resolve(text), (field) => event[field as keyof typeof event] ?? []); // absent ones are
    expect(takes("type:run.failed data.error.code:E1")).toBe(true);
    expect(takes("data.tags:b data.tags[0]:a data.on:true data.error.at>=5")).toBe(true);
    expect(takes("data.tags:c")).toBe(false);
    expect(takes('data.on:"true"')).toBe(false);
    expect(takes("data.error.at:5..6")).toBe(false);
    expect(takes("data.nothing.here:1")).toBe(false);
    expect(takes("-data.nothing:* data.error.code~e1")).toBe(true);
    expect(takes("data.error:E1")).toBe(false);
  });
});
