// Which of a program's own flags its threads may have.
import { expect, it } from "vitest";
import { threadExecArgv } from "./thread-exec-argv.ts";

it("leaves inheritance to Node for a program in a file", () => {
  expect(threadExecArgv(["--max-old-space-size=300", "--import", "./otel.mjs"])).toBeUndefined();
});

it("keeps only what loads modules for a program on the command line", () => {
  const argv = ["--max-old-space-size=300", "-r", "./a.cjs", "--import=./b.mjs", "--input-type", "module"];
  expect(threadExecArgv([...argv, "--conditions", "dev", "-e", "code"])).toEqual([
    "-r",
    "./a.cjs",
    "--import=./b.mjs",
    "--conditions",
    "dev",
  ]);
});
