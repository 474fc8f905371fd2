// `rota workflows check|simulate|graph`: a definition in a file, read by the real command line.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { Workplace } from "./cli-process.ts";

const definition = {
  name: "orders",
  steps: [
    { kind: "task", id: "fetch", type: "http", params: { url: "{% input.url %}" } },
    { kind: "condition", id: "large", dependsOn: ["fetch"], if: "steps.fetch.output.total > 100" },
    { kind: "task", id: "report", type: "http", dependsOn: ["large"] },
  ],
};

function placeWith(files: Readonly<Record<string, string>>): Workplace {
  const place = new Workplace();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place.folder, name), text);
  return place;
}

describe("rota workflows", () => {
  it("checks a file, and ends with 2 where something is wrong", async () => {
    const bad = { ...definition, steps: [{ kind: "condition", id: "a", if: "1 +" }] };
    await using place = placeWith({
      "good.json": JSON.stringify(definition),
      "bad.json": JSON.stringify(bad),
    });
    const good = await place.rota("workflows", "check", "good.json");
    expect(good).toMatchObject({ code: 0, out: "can be run\nsteps  3\ndepth  3\n" });
    const { code, out } = await place.rota("workflows", "check", "bad.json");
    expect(code).toBe(2);
    expect(out).toMatch(/^cannot be run\n[^]*steps\.0\.if +\S/);
    expect((await place.rota("workflows", "check", "bad.json", "--lang", "zh")).out).toMatch(/^不能运行\n/);
  });

  it("says what cannot be read", async () => {
    await using place = placeWith({ "half.json": "{", "empty.mjs": "export const nothing = 1;" });
    for (const file of ["none.json", "half.json", "empty.mjs"]) {
      const { code, err } = await place.rota("workflows", "check", file);
      expect(code).toBe(2);
      expect(err).toContain(file);
    }
    expect(await place.rota("workflows", "check")).toMatchObject({ code: 2 });
  });

  it("S1.53 plays a run, second by second", async () => {
    await using place = placeWith({
      "w.json": JSON.stringify(definition),
      "outcomes.json": JSON.stringify({ fetch: { output: { total: 7 } } }),
    });
    const words = [
      "workflows",
      "simulate",
      "w.json",
      "--input",
      '{"url":"x"}',
      "--outcomes",
      "@outcomes.json",
    ];
    const { code, out } = await place.rota(...words);
    expect(code).toBe(0);
    expect(out).toMatch(
      /1 s +step\.completed +large\n1 s +step\.skipped +report\n1 s +workflow\.completed\n/,
    );
    expect(await place.json(...words)).toMatchObject({ end: { status: "completed", atMs: 1000 } });
  });

  it("draws a definition from a module, for a terminal and as Mermaid", async () => {
    const library = pathToFileURL(join(import.meta.dirname, "../../src/index.ts")).href;
    const module = `import { defineWorkflow } from ${JSON.stringify(library)};
      export default defineWorkflow({ name: "coded", steps: [
        { kind: "task", id: "a", type: "http" },
        { kind: "condition", id: "b", dependsOn: ["a"], if: ({ input }) => input === 1 },
      ] });`;
    await using place = placeWith({ "flow.ts": module });
    expect((await place.rota("workflows", "graph", "flow.ts")).out).toBe(
      "coded: 2 steps in 2 layers\n\n1  ■ a  http\n   ↓\n2  ◆ b  if    ← a\n",
    );
    const { out } = await place.rota("workflows", "graph", "flow.ts", "--mermaid");
    expect(out).toMatch(/^flowchart TD\n[^]*n0 --> n1\n$/);
  });
});
