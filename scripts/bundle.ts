// Joins the modules of src to the few files a program loads: start-up costs a file, not a module, at a time.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { build, type BuildOptions, type OutputFile, type Plugin } from "esbuild";
import { publicEntries } from "./layers.ts";
import { root } from "./source-tree.ts";

/**
 * What shares its modules: a program may use several of these, and the code of executors imports `rota` in the guests'
 * threads and processes.
 */
const sharing = [
  ...Object.values(publicEntries),
  "src/cli/main.ts",
  "src/hosts/thread/thread-main.ts",
  "src/hosts/process/process-main.ts",
];

/** What only exchanges messages with the rest: one file each. */
const standalone = ["src/ledgers/sqlite/store-thread.ts", "src/hosts/process/supervisor-main.ts"];

/** Stands for the way from an output file to dist, which is known when the files are written. */
const toDist = "@dist";

/**
 * Modules find what lies beside them (SQL, the entries of threads) by `import.meta.url`. Wherever their code ends up, it
 * stays what it would be with a file for each module.
 */
const ownPlaces: Plugin = {
  name: "own places",
  setup: (bundling) =>
    bundling.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return undefined;
      const place = relative(join(root, "src"), path).split(sep).join("/").replace(/\.ts$/, ".js");
      const contents = `const { url: outputUrl } = import.meta; const moduleUrl = new URL("${toDist}/${place}", outputUrl).href; ${source}`;
      return { loader: "ts", contents };
    }),
};

const common = {
  absWorkingDir: root,
  outbase: "src",
  outdir: "dist",
  write: false,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  packages: "external",
  define: { "import.meta.url": "moduleUrl" },
  plugins: [ownPlaces],
  chunkNames: "shared/[name]-[hash]",
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Writes the JavaScript of dist; returns the paths of its files from the root. */
export async function bundle(): Promise<ReadonlySet<string>> {
  const results = await Promise.all([
    build({ ...common, entryPoints: sharing, splitting: true }),
    build({ ...common, entryPoints: standalone }),
  ]);
  return new Set(results.flatMap(({ outputFiles }) => outputFiles.map(write)));
}

function write({ path, text }: OutputFile): string {
  const up = relative(dirname(path), join(root, "dist")).split(sep).join("/") || ".";
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.replaceAll(`"${toDist}/`, `"${up}/`));
  return relative(root, path).split(sep).join("/");
}
