// Tests of tables: what is cut, what is coloured, and only for whom.
import { describe, expect, it } from "vitest";
import pc from "picocolors";
import { answerText } from "./answer.ts";
import type { TableStyle } from "./table.ts";

function style(options: Partial<TableStyle> = {}): TableStyle {
  return { language: "en", colors: pc.createColors(false), columns: undefined, ...options };
}

const long = "x".repeat(200);
const items = [{ id: "run_1", status: "failed", message: long }];

describe("a table", () => {
  it("cuts a long cell on a terminal, and nothing in a pipe", () => {
    expect(answerText(items, undefined, style())).toContain(long);
    const shown = answerText(items, undefined, style({ columns: 80 }));
    expect(shown).toContain(`${"x".repeat(39)}…`);
    expect(shown).not.toContain("x".repeat(40));
  });

  it("never cuts an id", () => {
    const id = "task_01kaj0v9e2f4erz0a5m2h6t8wq";
    expect(answerText([{ id, taskId: id }], undefined, style({ columns: 40 }))).toContain(`${id}  ${id}`);
  });

  it("keeps its columns straight whatever is coloured", () => {
    const plain = answerText(items, undefined, style());
    const coloured = answerText(items, undefined, style({ colors: pc.createColors(true) }));
    expect(coloured).toContain("\u001b[31mfailed\u001b[39m");
    expect(coloured.replaceAll(/\u001b\[\d+m/gu, "")).toBe(plain);
  });

  it("shows small objects as name=value, sentences in one language, and yes or no", () => {
    const item = {
      retry: { maxAttempts: 3, delay: "1s" },
      greeting: { en: "hello", zh: "你好" },
      paused: true,
      none: null,
    };
    expect(answerText(item, undefined, style())).toBe(
      "retry     maxAttempts=3 delay=1s\ngreeting  hello\npaused    yes\n",
    );
    expect(answerText({ items: [item] }, ["greeting", "paused"], style({ language: "zh" }))).toBe(
      "greeting  已暂停\n你好      是\n",
    );
  });

  it("shows what a thing is first, and what needs lines of its own last, under its name", () => {
    const schedule = {
      times: ["2026-03-02T09:00:00Z"],
      description: { en: "once", zh: "一次" },
      warnings: [],
    };
    const task = { type: "note", schedule, metadata: {}, name: "a", id: "task_1" };
    expect(answerText(task, undefined, style())).toBe(
      "id    task_1\nname  a\ntype  note\n\nschedule\n  description  once\n\n  times\n    2026-03-02 09:00:00Z\n",
    );
  });

  it("shows a deep object as JSON and escapes what would move the cursor", () => {
    expect(answerText({ params: { a: { b: [1] }, c: "\u001b[2J" } }, undefined, style())).toBe(
      'params  {"a":{"b":[1]},"c":"\\u001b[2J"}\n',
    );
    expect(answerText({ name: "a\u009b2Jb\r\nc" }, undefined, style())).toBe("name  a\\u009b2Jb c\n");
  });
});
