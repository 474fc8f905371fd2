// A secret on its way through a real process and a real file: it arrives, and is nowhere afterwards.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { TelemetryHub } from "../../src/app/telemetry-hub.ts";

const canary = "canary-5f3a9c";
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rota-secrets-"));
  process.env["ROTA_SECRET_DATABASE_PASSWORD"] = canary;
});

afterEach(() => {
  delete process.env["ROTA_SECRET_DATABASE_PASSWORD"];
  rmSync(folder, { recursive: true });
});

/** A program that shows that it was given the secret, and tells it to everybody. */
const program = `
  console.error("connecting with " + process.env.PASSWORD);
  console.log(JSON.stringify({ length: process.env.PASSWORD.length, password: process.env.PASSWORD }));
  process.exitCode = process.argv[1] === "fail" ? 3 : 0;
`;

describe("a secret", () => {
  it("SEM 31 reaches a program, and is in no row, log or message that it leaves behind", async () => {
    const told: unknown[] = [];
    const telemetry = new TelemetryHub();
    telemetry.subscribe(["run.started", "run.ended", "run.discarded"], (event) => void told.push(event));
    const rota = await createRota({
      database: `sqlite:${join(folder, "rota.db")}`,
      allowCommands: [process.execPath],
      telemetry,
    });
    const task = await rota.tasks.create({
      name: "connect",
      type: "command",
      params: {
        command: process.execPath,
        args: ["-e", program],
        env: { PASSWORD: { $secret: "DATABASE_PASSWORD" } },
      },
    });
    const run = await rota.trigger(task);
    expect(await run.result()).toEqual({ length: canary.length, password: "[secret DATABASE_PASSWORD]" });
    const failing = await rota.trigger(task, {
      params: {
        command: process.execPath,
        args: ["-e", program, "fail"],
        env: { PASSWORD: { $secret: "DATABASE_PASSWORD" } },
      },
    });
    await expect(failing.result()).rejects.not.toHaveProperty("message", expect.stringContaining(canary));
    const logs = await rota.runs.logs({ id: run.id });
    expect(logs.items.map(({ message }) => message)).toContain("connecting with [secret DATABASE_PASSWORD]");
    // Before the end: the log of the database is still there to be looked at.
    const written = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString("latin1"));
    await rota.stop();
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString("latin1"));
    expect([...written, ...kept].join("")).toContain("[secret DATABASE_PASSWORD]");
    expect([...written, ...kept].join("")).not.toContain(canary);
    expect(JSON.stringify(told)).not.toContain(canary);
  });
});
