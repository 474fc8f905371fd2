// What `createRota` refuses, it refuses before anything is opened; and it knows its parts when it is given them.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRota, defineExecutor, type RotaOptions } from "../../src/index.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rota-opening-"));
  file = join(folder, "rota.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const executor = (type: string) => defineExecutor({ type, run: () => undefined });

const refused: readonly { readonly what: string; readonly options: RotaOptions }[] = [
  { what: "two executors of one type", options: { executors: [executor("twin"), executor("twin")] } },
  { what: "an executor of the type http, which is built in", options: { executors: [executor("http")] } },
  {
    what: "an executor of the type command where that is built in",
    options: { executors: [executor("command")], allowCommands: true },
  },
  { what: "a concurrency of nothing", options: { concurrency: 0 } },
  { what: "a grace that is no duration", options: { grace: "soon" } },
];

describe("createRota", () => {
  it.each(refused)("refuses $what, and makes no file", async ({ options }) => {
    await expect(createRota({ ...options, database: `sqlite:${file}` })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    expect(existsSync(file)).toBe(false);
  });

  it("leaves the type command to others where commands are not allowed", async () => {
    await using rota = await createRota({
      database: `sqlite:${file}`,
      executors: [executor("command")],
      start: false,
    });
    expect(rota.isDeciding).toBe(false);
  });
});
