// The linter's rules by folder really fire: a pattern it cannot read never matches and says nothing about it.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { root } from "../../scripts/source-tree.ts";

interface Case {
  readonly file: string;
  readonly code: string;
  readonly rule: string;
}

const importing = (specifier: string): string => `import { x } from "${specifier}";\nexport const y = x;\n`;

const forbidden: readonly Case[] = [
  { file: "src/engine/up.ts", code: importing("../http/server.ts"), rule: "no-restricted-imports" },
  {
    file: "src/engine/deep/up.ts",
    code: importing("../../app/create-app.ts"),
    rule: "no-restricted-imports",
  },
  {
    file: "src/engine/reexport.ts",
    code: `export * from "../mcp/tools.ts";\n`,
    rule: "no-restricted-imports",
  },
  {
    file: "src/engine/lazy.ts",
    code: `export const y = await import("../cli/main.ts");\n`,
    rule: "no-restricted-imports",
  },
  { file: "src/engine/node.ts", code: importing("node:fs"), rule: "no-restricted-imports" },
  { file: "src/engine/npm.ts", code: importing("zod"), rule: "no-restricted-imports" },
  { file: "src/contract/npm.ts", code: importing("fastify"), rule: "no-restricted-imports" },
  { file: "src/client/domain.ts", code: importing("../domain/run.ts"), rule: "no-restricted-imports" },
  { file: "src/config/node.ts", code: importing("node:child_process"), rule: "no-restricted-imports" },
  {
    file: "src/http/across.ts",
    code: importing("../ledgers/sqlite/index.ts"),
    rule: "no-restricted-imports",
  },
  { file: "src/http/npm.ts", code: importing("@fastify/other"), rule: "no-restricted-imports" },
  {
    file: "src/ledgers/sqlite/across.ts",
    code: importing("../postgres/index.ts"),
    rule: "no-restricted-imports",
  },
  {
    file: "src/hosts/thread/across.ts",
    code: importing("../process/index.ts"),
    rule: "no-restricted-imports",
  },
  {
    file: "src/executors/http/across.ts",
    code: importing("../command/index.ts"),
    rule: "no-restricted-imports",
  },
  {
    file: "src/executors/http/a2a.ts",
    code: importing("../../a2a/protocol/map.ts"),
    rule: "no-restricted-imports",
  },
  { file: "src/index.ts", code: importing("./engine/worker.ts"), rule: "no-restricted-imports" },
  ...["setTimeout", "setInterval", "setImmediate"].map((timer) => ({
    file: `src/http/${timer.toLowerCase()}.ts`,
    code: `export const y = ${timer}(() => {}, 1);\n`,
    rule: "no-restricted-globals",
  })),
  { file: "src/engine/process.ts", code: "export const y = process.pid;\n", rule: "no-restricted-globals" },
  ...[
    "Date.now()",
    "Math.random()",
    "performance.now()",
    "crypto.randomUUID()",
    "globalThis.setTimeout(() => {}, 1)",
  ].map((call, index) => ({
    file: `src/engine/call-${index}.ts`,
    code: `export const y = ${call};\n`,
    rule: "no-restricted-properties",
  })),
  {
    file: "src/engine/now.ts",
    code: "const { now } = Date;\nexport const y = now;\n",
    rule: "no-restricted-properties",
  },
  { file: "src/app/print.ts", code: "console.log(1);\n", rule: "no-console" },
  { file: "src/engine/any.ts", code: "export const y: any = 1;\n", rule: "no-explicit-any" },
  {
    file: "src/engine/bang.ts",
    code: "export const y = (x?: string) => x!.length;\n",
    rule: "no-non-null-assertion",
  },
  { file: "src/engine/default.ts", code: "export default 1;\n", rule: "no-default-export" },
  { file: "src/engine/CamelCase.ts", code: "export const y = 1;\n", rule: "filename-case" },
  {
    file: "src/engine/long.ts",
    code: "export const y = [\n".concat("  1,\n".repeat(400), "];\n"),
    rule: "max-lines",
  },
  { file: "src/engine/cycle-a.ts", code: importing("./cycle-b.ts"), rule: "no-cycle" },
  {
    file: "src/engine/cycle-b.ts",
    code: `import { y } from "./cycle-a.ts";\nexport const x = y;\n`,
    rule: "no-cycle",
  },
];

const typed: readonly Case[] = [
  { file: "src/engine/floating.ts", code: "Promise.resolve(1);\n", rule: "no-floating-promises" },
  {
    file: "src/engine/switch.ts",
    code: `export const y = (x: "a" | "b"): number => {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n  return 2;\n};\n`,
    rule: "switch-exhaustiveness-check",
  },
  {
    file: "src/engine/misused.ts",
    code: "export const y = (done: Promise<boolean>): number => (done ? 1 : 2);\n",
    rule: "no-misused-promises",
  },
  {
    file: "src/engine/thrown.ts",
    code: `export const y = (): never => {\n  throw "text";\n};\n`,
    rule: "only-throw-error",
  },
];

const allowed: readonly Omit<Case, "rule">[] = [
  { file: "src/engine/down.ts", code: importing("../domain/run.ts") },
  { file: "src/engine/deep/down.ts", code: importing("../../ports/clock.ts") },
  { file: "src/contract/zod.ts", code: importing("zod") },
  { file: "src/config/fs.ts", code: importing("node:fs/promises") },
  { file: "src/http/fastify.ts", code: importing("@fastify/swagger-ui") },
  { file: "src/http/node.ts", code: importing("node:crypto") },
  { file: "src/executors/agent/a2a.ts", code: importing("../../a2a/protocol/map.ts") },
  { file: "src/app/all.ts", code: importing("../ledgers/sqlite/index.ts") },
  { file: "src/app/timer.ts", code: "export const y = setTimeout(() => {}, Date.now() + Math.random());\n" },
  { file: "src/cli/print.ts", code: "console.log(1);\n" },
  {
    file: "src/engine/worker.test.ts",
    code: `import { x } from "../app/all.ts";\nexport const y = x + Date.now();\n`,
  },
];

let folder = "";
let found: ReadonlyMap<string, readonly string[]> = new Map();

const reportSchema = z.object({ diagnostics: z.array(z.object({ filename: z.string(), code: z.string() })) });

/** The rules that fired, by file. */
function lint(): ReadonlyMap<string, readonly string[]> {
  const oxlint = join(root, "node_modules", ".bin", "oxlint");
  const { stdout } = spawnSync(oxlint, ["--format", "json"], { cwd: folder, encoding: "utf8" });
  const rules = new Map<string, string[]>();
  for (const { filename, code } of reportSchema.parse(JSON.parse(stdout)).diagnostics) {
    rules.set(filename, [...(rules.get(filename) ?? []), code.replace(/^.*\((.*)\)$/, "$1")]);
  }
  return rules;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rota-lint-"));
  for (const file of [".oxlintrc.json", ".gitignore", "tsconfig.base.json"])
    cpSync(join(root, file), join(folder, file));
  writeFileSync(
    join(folder, "tsconfig.json"),
    `{"extends":"./tsconfig.base.json","compilerOptions":{"types":[],"lib":["es2024","dom"]},"include":["src"]}`,
  );
  for (const { file, code } of [...forbidden, ...typed, ...allowed]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  spawnSync("git", ["init", "--quiet"], { cwd: folder });
  found = lint();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the linter", () => {
  it.each([...forbidden, ...typed])("refuses $file by $rule", ({ file, rule }) => {
    expect(found.get(file) ?? []).toContain(rule);
  });

  it.each(allowed)("accepts $file", ({ file }) => {
    expect((found.get(file) ?? []).filter((rule) => /^no-(restricted|console)/.test(rule))).toEqual([]);
  });
});
