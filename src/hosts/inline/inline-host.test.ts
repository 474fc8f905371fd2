// Code in the worker's own process: context, outcome, and what force can and cannot do.

import { describe, expect, it } from "vitest";
import { SystemClock } from "../../app/system-clock.ts";
import { RotaError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { Executor, RunContext } from "../../ports/executor.ts";
import { withControls } from "../../ports/run-controls.ts";
import { MemoryServices } from "../../../test/hosts/run-services.ts";
import { InlineHost } from "./inline-host.ts";

function executor(execute: (params: Json, ctx: RunContext) => unknown): Executor {
  return {
    type: "test",
    version: "1",
    isolation: "inline",
    onInterrupted: "repeat",
    pausable: false,
    validate: (params) => ({ ok: true, params: params as Json }), // what a test gives
    execute,
  };
}

function setup() {
  const services = new MemoryServices();
  const host = new InlineHost({ clock: new SystemClock() });
  const run = (act: (params: Json, ctx: RunContext) => unknown, params: Json = {}) =>
    host.run(executor(act), params, services);
  return { services, host, run };
}

describe("code that runs inline", () => {
  it("S2.13 gets params and context, and its returned data becomes the result", async () => {
    const { run } = setup();
    const hosted = run(
      (params, ctx) => ({ params, id: ctx.runId, attempt: ctx.attempt, at: ctx.scheduledForMs ?? 0 }),
      { a: 1 },
    );
    expect(await hosted.outcome).toEqual({
      kind: "completed",
      data: { params: { a: 1 }, id: "run_1", attempt: 1, at: 1_700_000_000_000 },
    });
  });

  it("has ended when run() returns, if it awaits nothing", () => {
    const { run } = setup();
    let ended = false;
    run(() => {
      ended = true;
    });
    expect(ended).toBe(true);
  });

  it("S2.30 never rejects and never throws, whatever the code does", async () => {
    const { run } = setup();
    const acts: ((params: Json, ctx: RunContext) => unknown)[] = [
      () => {
        throw new Error("sync");
      },
      async () => {
        throw new Error("async");
      },
      () => Promise.reject(new Error("rejected")),
      () => ({
        then: () => {
          throw new Error("then");
        },
      }),
      () => ({
        get then(): never {
          throw new Error("getter");
        },
      }),
      (_, ctx) => ctx.step("", () => 1),
    ];
    for (const act of acts) expect(await run(act).outcome).toMatchObject({ kind: "failed" });
  });

  it("takes thenables that are no promises, such as query builders", async () => {
    const { run } = setup();
    const lazyQuery = { then: (done: (rows: number) => void) => done(7) };
    expect(await run(() => lazyQuery).outcome).toEqual({ kind: "completed", data: 7 });
  });

  it("writes progress, log and output through the services", async () => {
    const { run, services } = setup();
    // eslint-disable-next-line typescript/unbound-method -- that this works is what is tested
    await run((_, { log, progress, emit }) => {
      log.warn("careful", { n: 1 });
      progress({ percent: 50 });
      emit("line");
    }).outcome;
    expect(services.lines).toEqual([{ level: "warn", message: "careful", fields: { n: 1 } }]);
    expect(services.progressed).toEqual([{ percent: 50 }]);
    expect(services.emitted).toEqual(["line"]);
  });

  it("never fails a run for the fields of a log line", async () => {
    const { run, services } = setup();
    const fields: Record<string, Json> = {};
    fields["self"] = fields;
    expect(await run((_, ctx) => ctx.log.info("x", fields)).outcome).toMatchObject({ kind: "completed" });
    expect(services.lines[0]?.fields).toHaveProperty("unreadableFields");
  });

  it("drops what code that was left behind writes after the end", async () => {
    const { run, services } = setup();
    let left: RunContext | undefined;
    await run((_, ctx) => {
      left = ctx;
    }).outcome;
    left?.log.info("late");
    left?.emit("late");
    left?.progress("late");
    await expect(left?.step("late", () => 1)).rejects.toThrow("the run has ended");
    expect([services.lines, services.emitted, services.progressed, [...services.steps]]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it("SEM 9 says state-only when it is to be ended by force while it is at work", async () => {
    const { run } = setup();
    let finish = (): void => undefined;
    const hosted = run(() => new Promise<void>((resolve) => (finish = resolve)));
    expect(await hosted.kill()).toBe("state-only");
    expect(await hosted.suspend()).toBe(false);
    finish();
    expect(await hosted.outcome).toEqual({ kind: "completed", data: null });
    expect(await hosted.kill()).toBe("killed");
  });

  it("hands force and suspension to an executor that drives something by itself", async () => {
    const { run } = setup();
    const calls: string[] = [];
    let finish = (): void => undefined;
    const note = (name: string) => async () => {
      calls.push(name);
      return true;
    };
    const work = new Promise<void>((resolve) => (finish = resolve));
    const kill = async (): Promise<void> => {
      calls.push("kill");
      finish();
    };
    const hosted = run(() =>
      withControls(work, { kill, suspend: note("suspend"), continue: note("continue") }),
    );
    expect([await hosted.suspend(), await hosted.continue(), await hosted.kill()]).toEqual([
      true,
      true,
      "killed",
    ]);
    expect(calls).toEqual(["suspend", "continue", "kill"]);
    await hosted.outcome;
  });

  it("SEM 9 records a success although the run was told to stop", async () => {
    const { run, services } = setup();
    const hosted = run(async (_, ctx) => {
      services.controller.abort(new RotaError("CANCELLED", "asked to"));
      return ctx.signal.aborted;
    });
    expect(await hosted.outcome).toEqual({ kind: "completed", data: true });
  });
});
