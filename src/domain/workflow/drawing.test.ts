// A workflow on paper: as a Mermaid flowchart, and as layers of text.
import { describe, expect, it } from "vitest";
import type { Step, TaskStep, WorkflowDefinition } from "./definition.ts";
import { drawingOf } from "./drawing.ts";
import { mermaidOf } from "./mermaid.ts";

const base = { dependsOn: [], join: "all", onError: "fail" } as const;
const after = (...ids: readonly (string | readonly [string, boolean])[]) =>
  ids.map((id) => (typeof id === "string" ? { step: id, verdict: true } : { step: id[0], verdict: id[1] }));
const task = (id: string, more: Partial<TaskStep> = {}): TaskStep => ({
  ...base,
  kind: "task",
  id,
  type: "http",
  params: {},
  ...more,
});
const workflow = (...steps: readonly Step[]): WorkflowDefinition => ({ name: "w", variables: {}, steps });

const definition = workflow(
  task("fetch", { compensate: { type: "forget", params: {} } }),
  { ...base, kind: "condition", id: "adult", if: "true", dependsOn: after("fetch") },
  {
    ...base,
    kind: "parallel",
    id: "both",
    dependsOn: after("adult"),
    steps: [task("mail"), { ...base, kind: "wait", id: "pause", forMs: 600_000 }],
  },
  {
    ...base,
    kind: "approval",
    id: "ok",
    prompt: "?",
    options: ["yes"],
    refusals: [],
    dependsOn: after(["adult", false]),
  },
  task("end", { dependsOn: after("both", "ok"), join: "any" }),
);

describe("a drawing for a terminal", () => {
  it("has a layer for each step that waits, with what it waits for and what undoes it", () => {
    expect(drawingOf(definition)).toBe(
      [
        "w: 7 steps in 5 layers",
        "",
        "1  ■ fetch       http                                ↩ forget",
        "   ↓",
        "2  ◆ adult       if          ← fetch",
        "   ↓",
        "3  ╦ both        group of 2  ← adult: yes",
        "   ☺ ok          approval    ← adult: no",
        "   ↓",
        "4  ■ both/mail   http",
        "   ◷ both/pause  wait 10m",
        "   ↓",
        "5  ■ end         http        ← any of both, ok: yes",
        "",
      ].join("\n"),
    );
  });

  it("shows the states of steps where they are given", () => {
    const text = drawingOf(
      definition,
      new Map([
        ["fetch", "completed"],
        ["adult", "running"],
      ]),
    );
    expect(text).toContain("✓ ■ fetch");
    expect(text).toContain("▶ ◆ adult");
  });

  it("keeps its columns where letters are wide", () => {
    const [, , first = "", , second = ""] = drawingOf(
      workflow(
        task("a", { type: "发送邮件" }),
        task("b", { type: "x", dependsOn: after("a") }),
        task("c", { dependsOn: after("b") }),
      ),
    ).split("\n");
    expect([first, second]).toEqual(["1  ■ a  发送邮件", "2  ■ b  x         ← a"]);
  });

  it("tells layers by numbers where there are too many steps to draw", () => {
    const many = Array.from({ length: 60 }, (_, index) => task(`s${index}`));
    const text = drawingOf(workflow(...many, task("last", { dependsOn: after("s0") })));
    expect(text).toBe(
      "w: 61 steps in 2 layers\n\n   1  60 steps: s0, s1, s2, s3, s4, s5, …\n   2  1 step: last\n",
    );
  });
});

describe("a Mermaid flowchart", () => {
  it("has a shape for each kind, words on verdicts, groups as boxes and a lane for undoing", () => {
    expect(mermaidOf(definition).split("\n")).toEqual([
      "flowchart TD",
      '  n0["fetch<br/><small>http</small>"]',
      '  n1{"adult"}',
      '  subgraph n5["both"]',
      '    n3["mail<br/><small>http</small>"]',
      '    n4(["pause"])',
      "  end",
      '  n6{{"ok"}}',
      '  n7["end<br/><small>http</small>"]',
      "  n0 --> n1",
      "  n1 -- yes --> n5",
      "  n1 -- no --> n6",
      "  n5 -.-> n7",
      "  n6 -. yes .-> n7",
      '  subgraph undoing["undone in reverse"]',
      '    un0["fetch<br/><small>forget</small>"]',
      "  end",
      "  n0 -. undone by .-> un0",
      "",
    ]);
  });

  it("colours steps by their states", () => {
    const text = mermaidOf(
      definition,
      new Map([
        ["fetch", "completed"],
        ["both", "failed"],
        ["ok", "pending"],
      ]),
    );
    expect(text).toMatch(
      /classDef completed .*\n {2}class n0 completed\n {2}classDef failed .*\n {2}class n5 failed/,
    );
    expect(text).not.toContain("pending");
  });

  it("lets no name change what is drawn", () => {
    const text = mermaidOf(workflow(task("end", { name: '"] --> x; click "#<script>', type: "a\nb" })));
    const [, node = ""] = text.split("\n");
    expect(node).toMatch(/^ {2}n0\["[^"<>]*<br\/><small>[^"<>]*<\/small>"\]$/);
    expect(text.split("\n")).toHaveLength(3);
  });
});
