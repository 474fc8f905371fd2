// Filters made by programs are read as what was meant, whatever the values hold.
import { describe, expect, it } from "vitest";
import { parseFilter } from "../domain/filter/parse.ts";
import { printFilter } from "../domain/filter/print.ts";
import { runVocabulary, taskVocabulary } from "../domain/filter/vocabularies.ts";
import { anyOf, filterOf, noneOf } from "./filter-text.ts";

function read(
  text: string,
  vocabulary: typeof runVocabulary | typeof taskVocabulary = runVocabulary,
): string {
  const parsed = parseFilter(text, vocabulary);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`);
  return printFilter(parsed.filter);
}

describe("a filter made by a program", () => {
  it("P12 says what its fields say", () => {
    const filter = filterOf("runs", {
      status: ["failed", "timed_out"],
      type: "report",
      priority: { from: 3, below: 8 },
      createdAt: { above: "-1h", upTo: new Date(Date.UTC(2026, 10, 24)) },
      duration: { above: 1500 },
      startedAt: true,
      error: false,
      params: { city: "北京", "items[0].sku": ["a", 5], count: { from: 5 }, on: true, none: null },
    });
    expect(read(filter)).toBe(
      "status=(failed, timed_out) type=report priority>=3 priority<8 createdAt>-1h createdAt<=2026-11-24T00:00:00.000Z " +
        'duration>1s500ms startedAt:* -error:* params.city=北京 params.items[0].sku=(a, 5, "5") params.count>=5 ' +
        'params.on=(true, "true") params.none=(null, "null")',
    );
  });

  it("lets no value become a part of the language", () => {
    for (const hostile of [
      'x" or status:failed',
      "a) or (b",
      "*",
      "..",
      "-1h",
      "true",
      "5",
      "\\",
      "a,b",
      " ",
      "or",
    ]) {
      const quoted = JSON.stringify(hostile);
      expect(read(filterOf("runs", { type: hostile }))).toBe(read(`type:${quoted}`));
      expect(read(filterOf("runs", { params: { x: hostile } }))).toBe(read(`params.x:${quoted}`));
      expect(read(filterOf("tasks", { name: hostile }), taskVocabulary)).toBe(
        read(`name:${quoted}`, taskVocabulary),
      );
    }
  });

  it("can be joined and turned round", () => {
    const failed = filterOf("runs", { status: "failed", type: "a" });
    expect(read(anyOf(failed, "tag:x"))).toBe("status=failed type=a or tag=x");
    expect(read(noneOf(failed))).toBe("-(status=failed type=a)");
    expect(filterOf("runs", {})).toBe("");
  });
});
