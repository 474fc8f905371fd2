// The guide's code does what the guide says: its programs are run as they stand there, and print what it says they print.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { guidePages, snippetsOf, type Snippets } from "../../scripts/snippets.ts";
import { root } from "../../scripts/source-tree.ts";

const run = promisify(execFile);

/** A folder with the page's modules in it, in which `rota` can be imported and `npx rota` be typed. */
class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "rota-guide-"));
  readonly env: NodeJS.ProcessEnv;

  constructor({ files }: Snippets) {
    mkdirSync(join(this.path, "node_modules"));
    symlinkSync(root, join(this.path, "node_modules", "rota"));
    symlinkSync(join(root, "node_modules", "zod"), join(this.path, "node_modules", "zod"));
    for (const [name, code] of Object.entries(files)) writeFileSync(join(this.path, name), code);
    writeFileSync(join(this.path, "package.json"), '{"type":"module"}');
    mkdirSync(join(this.path, "bin"));
    const program = `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, "bin/rota.js")}" "$@"\n`;
    writeFileSync(join(this.path, "bin", "npx"), program, { mode: 0o755 });
    const { PATH, HOME } = process.env;
    this.env = { PATH: [join(this.path, "bin"), PATH].join(delimiter), HOME, LANG: "C" };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const pages = guidePages().map(snippetsOf);

describe("the program of", () => {
  it.each(
    pages.filter(({ files }) => files["main.ts"] !== undefined).map((each) => [each.page, each] as const),
  )("S2.35 %s prints what the page says", async (_, snippets) => {
    using folder = new Folder(snippets);
    const { stdout } = await run(process.execPath, ["main.ts"], { cwd: folder.path, env: folder.env });
    expect(stdout.trimEnd().split("\n")).toEqual(snippets.printed);
  });
});

describe("the commands of", () => {
  it.each(pages.filter(({ shell }) => shell.length > 0).map((each) => [each.page, each] as const))(
    "%s succeed, one after the other, beside a server",
    async (_, snippets) => {
      using folder = new Folder(snippets);
      const modules = Object.keys(snippets.files).filter((name) => name.endsWith("-executors.ts"));
      const flags = modules.flatMap((name) => ["--executors", `./${name}`]);
      const server = spawn("npx", ["rota", "serve", "--port", "0", "--allow-commands", "python3", ...flags], {
        cwd: folder.path,
        env: folder.env,
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const [url] = (await once(createInterface(server.stdout), "line")) as [string]; // its first line
        const script = snippets.shell.join("\n").replaceAll("http://127.0.0.1:8000", url);
        const ran = run("bash", ["-euo", "pipefail", "-c", script], { cwd: folder.path, env: folder.env });
        await expect(ran).resolves.toBeDefined();
      } finally {
        server.kill("SIGTERM");
        await once(server, "exit");
      }
    },
  );
});
