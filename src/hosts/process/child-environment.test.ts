// Environment and options which a child process inherits.

import { afterEach, describe, expect, it } from "vitest";
import { ownEnvironment, ownExecArgv } from "./child-environment.ts";

afterEach(() => {
  delete process.env["ROTA_SECRET_TOKEN"];
});

describe("what children inherit", () => {
  it("SEM 31 is the environment without Rota's settings and secrets", () => {
    process.env["ROTA_SECRET_TOKEN"] = "canary";
    expect(ownEnvironment()).toMatchObject({ PATH: process.env["PATH"] });
    expect(JSON.stringify(ownEnvironment())).not.toContain("canary");
  });

  it("is Node's options with their values, but none that would debug, watch or test", () => {
    expect(
      ownExecArgv([
        "--conditions",
        "node",
        "--inspect=9229",
        "--require",
        "./a.cjs",
        "--watch",
        "-e",
        "code",
        "--enable-source-maps",
      ]),
    ).toEqual(["--conditions", "node", "--require", "./a.cjs", "--enable-source-maps"]);
  });
});
