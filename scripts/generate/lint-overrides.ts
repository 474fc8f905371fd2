// The part of .oxlintrc.json that differs by folder: what each layer may import and which globals it may touch.
//
// Two traps of oxlint, both silent: a `regex` with lookaround never matches, and an import that a `group` lets through
// with "!" is not held against any pattern after it. So layers are listed as those that are forbidden and come first;
// packages come last, as a group that forbids all but a few. test/architecture/lint-rules.test.ts sees that they fire.
import { posix } from "node:path";
import { layers, type Layer } from "../layers.ts";

type Rules = Readonly<Record<string, unknown>>;

interface Override {
  readonly files: readonly string[];
  readonly rules: Rules;
}

export function lintOverrides(): readonly Override[] {
  // Nested layers come last: where several overrides match a file, the last one counts.
  const byDepth = [...layers].sort((a, b) => a.folder.length - b.folder.length);
  return [...byDepth.flatMap(layerOverrides), ...testOverrides];
}

function layerOverrides(layer: Layer): readonly Override[] {
  const files = layer.folder === "." ? ["src/*.ts"] : [`src/${layer.folder}/**/*.ts`];
  const rules: Rules = {
    "no-restricted-imports": ["error", { patterns: importPatterns(layer) }],
    "no-restricted-globals": forbidden([
      ...(layer.mayUseTime ? [] : timers),
      ...(layer.node === "none" ? nodeGlobals : []),
    ]),
    "no-restricted-properties": forbidden(layer.mayUseTime ? [] : timeAndChance),
    "no-console": layer.mayPrint ? "off" : "error",
  };
  const parts = layer.parts ?? [];
  const partOverrides = parts.map((part) => ({
    files: [`src/${layer.folder}/${part}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [siblingPattern(layer, part), ...importPatterns(layer)] },
      ],
    },
  }));
  return [{ files, rules }, ...partOverrides];
}

function importPatterns(layer: Layer): readonly object[] {
  const may =
    layer.node === "any"
      ? ["!node:*", "!node:**"]
      : layer.node === "none"
        ? []
        : layer.node.map((name) => `!node:${name}`);
  const packages = [...layer.npm.flatMap((name) => [`!${name}`, `!${name}/**`]), ...may];
  const allowed = layer.npm.length === 0 ? "no package" : `only ${layer.npm.join(", ")}`;
  const node = layer.node === "none" ? "none" : layer.node === "any" ? "any" : layer.node.join(", ");
  return [
    ...adapterPatterns(layer),
    {
      // From a file in src itself the way to a layer begins with "./", from all others with "../".
      regex: `^${layer.folder === "." ? "\\./" : "(\\.\\./)+"}(${forbiddenFolders(layer).join("|")})(/|$)`,
      message: `${name(layer)} may import only: ${layer.imports.join(", ") || "nothing"} (scripts/layers.ts).`,
    },
    {
      group: ["*", "!./**", "!../**", ...packages],
      message: `${name(layer)} may import ${allowed}; modules of Node: ${node} (scripts/layers.ts).`,
    },
  ];
}

function forbiddenFolders(layer: Layer): readonly string[] {
  const parts = layer.parts ?? [];
  return (
    layers
      .map((other) => other.folder)
      .filter((folder) => folder !== "." && folder !== layer.folder && !layer.imports.includes(folder))
      .filter((folder) => !layer.imports.some((allowed) => allowed.startsWith(`${folder}/`)))
      // A part with the name of a layer ("executors/http") is judged by the rule about siblings.
      .filter((folder) => !parts.includes(folder))
  );
}

/** From a part of a layer to the other parts. */
function siblingPattern(layer: Layer, part: string): object {
  return besidePattern(
    `${layer.folder}/${part}`,
    (layer.parts ?? []).filter((other) => other !== part),
  );
}

/** From one adapter to the others of its kind, which are layers in the same folder: "../postgres/index.ts". */
function adapterPatterns(layer: Layer): readonly object[] {
  const parent = posix.dirname(layer.folder);
  const beside = layers
    .filter(
      (other) => other !== layer && other.folder.includes("/") && posix.dirname(other.folder) === parent,
    )
    .map((other) => posix.basename(other.folder));
  return parent === "." || beside.length === 0 ? [] : [besidePattern(layer.folder, beside)];
}

function besidePattern(folder: string, names: readonly string[]): object {
  return {
    regex: `^(\\.\\./)+(${names.join("|")})(/|$)`,
    message: `src/${folder} may not import what stands beside it (scripts/layers.ts).`,
  };
}

function name(layer: Layer): string {
  return layer.folder === "." ? "src" : `src/${layer.folder}`;
}

function forbidden(what: readonly object[]): unknown {
  return what.length === 0 ? "off" : ["error", ...what];
}

const timers = ["setTimeout", "setInterval", "setImmediate"].map((global) => ({
  name: global,
  message: "Time comes through ports/clock; only src/app sets timers.",
}));

const nodeGlobals = ["process", "Buffer", "global", "require", "__dirname", "__filename"].map((global) => ({
  name: global,
  message: "This layer knows nothing of Node.",
}));

const timeAndChance = [
  ["Date", "now"],
  ["performance", "now"],
  ["process", "hrtime"],
  ["Math", "random"],
  ["crypto", "randomUUID"],
  ["crypto", "getRandomValues"],
  ...["setTimeout", "setInterval", "setImmediate"].map((property) => ["globalThis", property]),
].map(([object, property]) => ({
  object,
  property,
  message: "Time, chance and ids come through ports; only src/app asks the machine for them.",
}));

const testOverrides: readonly Override[] = [
  {
    files: ["src/**/*.test.ts"],
    rules: {
      "no-restricted-imports": "off",
      "no-restricted-globals": "off",
      "no-restricted-properties": "off",
    },
  },
  // Tests also play code that behaves badly: it throws text, rejects with nothing, looks like a promise.
  {
    files: ["src/**/*.test.ts", "test/**"],
    rules: {
      "typescript/only-throw-error": "off",
      "typescript/prefer-promise-reject-errors": "off",
      "typescript/unbound-method": "off",
      "unicorn/no-thenable": "off",
    },
  },
  // The programs of the fault tests are started as processes, and what they print is how they answer.
  {
    files: ["scripts/**", "bin/**", "bench/**", "examples/**", "test/**/programs/**"],
    rules: { "no-console": "off" },
  },
  // Plain JavaScript has no types to be strict about.
  {
    files: ["scripts/setup/**/*.mjs", "bin/**/*.js"],
    rules: Object.fromEntries(
      ["argument", "assignment", "call", "member-access", "return"].map((what) => [
        `typescript/no-unsafe-${what}`,
        "off",
      ]),
    ),
  },
  // It must parse on every Node there ever was, to tell its user that this one is too old.
  { files: ["bin/**/*.js"], rules: { "no-var": "off" } },
  // The hook that judges every test file stands outside of any test.
  { files: ["test/open-handles.ts"], rules: { "vitest/no-standalone-expect": "off" } },
  { files: ["*.config.ts"], rules: { "import/no-default-export": "off" } },
];
