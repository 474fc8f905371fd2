// The built package: what is bundled does what the sources do, wherever its code runs, and starts from few files.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../scripts/source-tree.ts";

const library = JSON.stringify(new URL("../../dist/index.js", import.meta.url).href);
const testing = JSON.stringify(new URL("../../dist/testing/index.js", import.meta.url).href);
let folder = "";

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "rota-package-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program that imports the package, and returns what it says, parsed. */
function told(program: string): unknown {
  writeFileSync(join(folder, "program.mjs"), program);
  return JSON.parse(execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" }));
}

/** An executor for each place where code may run; it says where it is, and fails for good when told. */
const executors = `
  import { threadId } from "node:worker_threads";
  import { defineExecutor, NonRetryableError } from ${library};
  const at = (isolation) => defineExecutor({
    type: isolation, isolation, module: import.meta.url,
    run: async ({ fail }, ctx) => {
      if (fail) throw new NonRetryableError("told to");
      return ctx.step("where", () => ({ pid: process.pid, threadId }));
    },
  });
  export const inline = at("inline");
  export const thread = at("thread");
  export const process_ = at("process");
`;

describe("the built package", () => {
  it.each(["sqlite:./rota.db", "memory:"])(
    "performs runs inline, in threads and in processes: %s",
    (database) => {
      writeFileSync(join(folder, "executors.mjs"), executors);
      const answers = told(`
      import { createRota } from ${library};
      import { inline, thread, process_ } from "./executors.mjs";
      const rota = await createRota({ database: ${JSON.stringify(database)}, executors: [inline, thread, process_] });
      const answers = {};
      for (const type of ["inline", "thread", "process"]) {
        const task = await rota.tasks.create({ name: type, type });
        const good = await (await rota.trigger(task, { params: {} })).result();
        const bad = await (await rota.trigger(task, { params: { fail: true } })).result().catch((error) => error);
        answers[type] = {
          isHere: good.pid === process.pid,
          isMain: good.threadId === 0,
          failedWith: bad.code,
        };
      }
      await rota.stop();
      console.log(JSON.stringify(answers));
    `);
      const failedWith = "NON_RETRYABLE";
      expect(answers).toEqual({
        inline: { isHere: true, isMain: true, failedWith },
        thread: { isHere: true, isMain: false, failedWith },
        process: { isHere: false, isMain: true, failedWith },
      });
    },
  );

  it("has one class of each name for all who share a process", () => {
    const answer = told(`
      import { createTestRota } from ${testing};
      import { Rota, RotaError } from ${library};
      const { rota } = await createTestRota();
      const error = await rota.tasks.get({ id: "task_1" }).catch((thrown) => thrown);
      console.log(JSON.stringify([rota instanceof Rota, error instanceof RotaError]));
      process.exit();
    `);
    expect(answer).toEqual([true, true]);
  });

  it("starts on a file from a few dozen files", () => {
    const loaded = told(
      `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (url.startsWith("file:") && loaded.push(url), next(url, context)) });
      const { createRota } = await import(${library});
      const rota = await createRota({ database: "sqlite:./rota.db" });
      await rota.stop();
      console.log(loaded.length);
    `,
    );
    expect(loaded).toBeLessThan(40);
  });

  it("the command line answers", () => {
    const said = execFileSync(process.execPath, [join(root, "bin/rota.js"), "--version"], {
      encoding: "utf8",
    });
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(said).toContain(manifest.version);
  });

  it("holds no place that was left open when it was bundled", () => {
    const scripts = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".js"),
    );
    expect(scripts.length).toBeGreaterThan(10);
    for (const path of scripts)
      expect(readFileSync(join(root, "dist", path), "utf8"), path).not.toContain('"@dist');
  });
});
