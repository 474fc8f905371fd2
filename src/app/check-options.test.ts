// The options of `createRota`: each that is wrong is refused by its path, and nothing is opened.

import { describe, expect, it } from "vitest";
import { RotaError, type Issue } from "../domain/errors.ts";
import { defineExecutor } from "../executors/define-executor.ts";
import { checkOptions } from "./check-options.ts";
import { createRota } from "./create-rota.ts";

const note = defineExecutor({ type: "note", run: () => null });

function issuesFor(options: unknown): readonly Issue[] {
  try {
    checkOptions(options);
  } catch (error) {
    if (!RotaError.isInstance(error)) throw error;
    return error.details["issues"] as readonly Issue[]; // made by validationFailed
  }
  return [];
}

describe("the options of createRota", () => {
  it.each<[unknown, string, RegExp]>([
    [null, "", /^expected an object, got null$/u],
    [[note], "", /^expected an object, got a list$/u],
    [{ database: 7 }, "database", /^expected a text, got 7$/u],
    [{ executors: note }, "executors", /^expected a list, got an object$/u],
    [{ executors: [note, null] }, "executors.1", /^expected an executor made by defineExecutor, got null$/u],
    [{ executors: Array(1) }, "executors.0", /got undefined$/u],
    [{ executors: [{ type: "raw", run: () => null }] }, "executors.0", /made by defineExecutor/u],
    [{ tasks: { externalId: "x" } }, "tasks", /^expected a list, got an object$/u],
    [{ tasks: ["daily"] }, "tasks.0", /^expected a task with an externalId, got "daily"$/u],
    [{ secrets: { TOKEN: "t" } }, "secrets", /^expected a function that tells a secret by its name/u],
    [{ concurrency: 0 }, "concurrency", /^expected an integer from 1 to 100000, got 0$/u],
    [{ concurrency: "8" }, "concurrency", /got "8"$/u],
    [{ concurrency: Number.NaN }, "concurrency", /got NaN$/u],
    [{ queues: "mail" }, "queues", /^expected a list, got "mail"$/u],
    [{ queues: [] }, "queues", /^expected at least one name of a queue, got an empty list$/u],
    [{ queues: ["mail", " "] }, "queues.1", /^expected the name of a queue/u],
    [{ queues: ["a\nb"] }, "queues.0", /^expected the name of a queue/u],
    [{ timezone: "Asia/Shanghia" }, "timezone", /did you mean Asia\/Shanghai\?$/u],
    [{ timezone: "CST" }, "timezone", /America\/Chicago/u],
    [{ timezone: 8 }, "timezone", /^expected an IANA time zone/u],
    [{ start: "no" }, "start", /^expected true or false, got "no"$/u],
    [
      { synchronous: "ful" },
      "synchronous",
      /^expected "full" or "normal", got "ful"; did you mean "full"\?$/u,
    ],
    [{ ledgerThread: true }, "ledgerThread", /^expected "thread" or "main", got true$/u],
    [{ allowCommands: "git" }, "allowCommands", /^expected a list, got "git"$/u],
    [{ allowCommands: [""] }, "allowCommands.0", /^expected the name of a program, got ""$/u],
    [{ outbound: { allowHost: [] } }, "outbound.allowHost", /did you mean allowHosts\?$/u],
    [{ outbound: { allowHosts: "x" } }, "outbound.allowHosts", /^expected a list/u],
    [{ grace: "soon" }, "grace", /write for example "90s"/u],
    [{ grace: -1 }, "grace", /./u],
    [{ retention: { succes: "7d" } }, "retention.succes", /did you mean success\?$/u],
    [{ retention: { failure: {} } }, "retention.failure", /./u],
    [{ minInterval: null }, "minInterval", /./u],
    [{ name: "" }, "name", /^expected a text that is not empty, got ""$/u],
    [{ telemetry: {} }, "telemetry", /^expected a TelemetryHub, got an object$/u],
    [{ limits: { logBytes: -1 } }, "limits.logBytes", /^expected an integer from 0 to 1000000000, got -1$/u],
    [{ limits: { logByte: 1 } }, "limits.logByte", /did you mean logBytes\?$/u],
    [{ limits: { steps: 1.5 } }, "limits.steps", /got 1\.5$/u],
    [{ clock: Date }, "clock", /^expected a clock, got a function$/u],
    [{ ledger: "sqlite:x" }, "ledger", /^expected a ledger/u],
    [{ timeZone: "UTC" }, "timeZone", /^there is no such option; did you mean timezone\?$/u],
    [{ storage: "x" }, "storage", /^there is no such option; known here: database, executors, /u],
  ])("refuse %o at %s", (options, path, message) => {
    const issues = issuesFor(options);
    expect(issues.map((issue) => issue.path)).toEqual([path]);
    expect(issues[0]?.message).toMatch(message);
  });

  it("are all looked at before any is refused", () => {
    const issues = issuesFor({ timezone: "Nowhere", concurrency: -1, queue: ["a"] });
    expect(issues.map(({ path }) => path)).toEqual(["timezone", "concurrency", "queue"]);
  });

  it("may be undefined, which is as good as absent", () => {
    const options = { timezone: undefined, limits: { logBytes: undefined }, executors: undefined };
    expect(issuesFor(options)).toEqual([]);
    expect(issuesFor({})).toEqual([]);
  });

  it("are refused by createRota itself, with the first problem in the message", async () => {
    const wrong = { database: "memory:", concurency: 5 } as object;
    await expect(createRota(wrong)).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: "concurency: there is no such option; did you mean concurrency?",
    });
    await expect(createRota({ database: "memory:", executors: [note, note] })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: "executors: there are two of type note",
    });
  });
});
