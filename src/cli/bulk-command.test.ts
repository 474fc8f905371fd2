// Bulk verbs at the command line: looking first, asking, going on step by step.
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { catalogueCommands } from "./commands.ts";
import { runCli } from "./run-cli.ts";

type Input = Readonly<Record<string, unknown>>;

const nothing = { changed: 0, unchanged: 0, refusedCount: 0, refused: [], sample: [], nextCursor: null };

/** A server on which a filter matches so many, and a person who says `answer`. */
function setup({ matched = 2500, answer }: { readonly matched?: number; readonly answer?: string } = {}) {
  const calls: Input[] = [];
  const asked: string[] = [];
  let [out, err] = ["", ""];
  const perform = (input: Input): unknown => {
    if (input["dryRun"] === true) {
      return {
        ...nothing,
        matched,
        sample: [{ id: "run_1", name: "report", type: "http", status: "failed" }],
      };
    }
    const from = Number(input["cursor"] ?? 0);
    const changed = Math.min(Number(input["limit"]), matched - from);
    return {
      ...nothing,
      matched,
      changed,
      nextCursor: from + changed < matched ? String(from + changed) : null,
    };
  };
  const run = async (...argv: string[]) => {
    const code = await runCli(argv, {
      commands: catalogueCommands(),
      version: "1.2.3",
      serve: () => Promise.reject(new Error("no test here serves")),
      connect: () =>
        Promise.resolve({
          isServed: true,
          invoke: (_, input) => {
            calls.push(input as Input); // what the command line made
            return Promise.resolve(perform(input as Input)); // as above
          },
          close: () => Promise.resolve(),
        }),
      terminal: {
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        isTerminal: answer !== undefined,
        columns: undefined,
        colors: pc.createColors(false),
        errorColors: pc.createColors(false),
        env: {},
        cwd: "/nowhere",
        read: () => "",
        ...(answer === undefined
          ? {}
          : { ask: (question: string) => (asked.push(question), Promise.resolve(answer)) }),
      },
    });
    return { code, out, err, calls, asked };
  };
  return { run };
}

const cancel = ["runs", "bulk-cancel", "--filter", "status:running"];

describe("a bulk verb at the command line", () => {
  it("P9 shows what it is about to change, asks, and goes on step by step", async () => {
    const { code, out, err, calls, asked } = await setup({ answer: "y" }).run(...cancel);
    expect(code).toBe(0);
    expect(asked).toEqual(["runs bulk-cancel 2500? [y/N] "]);
    expect(err).toContain("report");
    expect(calls).toMatchObject([
      { filter: "status:running", dryRun: true },
      { expectedCount: 2500, limit: 1000 },
      { cursor: "1000", limit: 1000 },
      { cursor: "2000", limit: 1000 },
    ]);
    expect(err).toContain("1000 of 2500");
    expect(err).toContain("2000 of 2500");
    expect(out).toMatch(/changed +2500/);
  });

  it("P9 changes nothing unless the answer is yes", async () => {
    for (const answer of ["", "n", "no", "perhaps"]) {
      const { code, err, calls } = await setup({ answer }).run(...cancel);
      expect([code, calls.length]).toEqual([0, 1]);
      expect(err).toContain("nothing was changed");
    }
  });

  it("refuses where nobody can be asked, and says what to add", async () => {
    const { code, err, calls } = await setup().run(...cancel);
    expect([code, calls.length]).toEqual([2, 1]);
    expect(err).toContain("add --yes, or --expected-count 2500");
  });

  it.each([
    ["--yes", [{ dryRun: true }, { expectedCount: 2500 }, {}, {}]],
    ["--expected-count=2500", [{ expectedCount: 2500 }, {}, {}]],
    ["--dry-run", [{ dryRun: true }]],
    ["--cursor=2000 --limit=300", [{ cursor: "2000", limit: 300 }]],
  ])("asks nobody with %s", async (flags, expected) => {
    const { code, out, calls } = await setup().run(...cancel, ...flags.split(" "), "--json");
    expect(code).toBe(0);
    expect(calls).toMatchObject(expected);
    expect(JSON.parse(out)).toMatchObject({ matched: 2500 });
  });

  it("has nothing to ask when nothing matches", async () => {
    const { code, calls, asked } = await setup({ matched: 0, answer: "y" }).run(...cancel);
    expect([code, calls.length, asked]).toEqual([0, 1, []]);
  });
});
