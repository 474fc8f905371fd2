// Steps and waits that survive the end of an attempt.

import { describe, expect, it } from "vitest";
import { SystemClock } from "../app/system-clock.ts";
import { RotaError } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import { suspend, type Outcome } from "../domain/outcome.ts";
import type { Executor, Resumed, RunContext } from "../ports/executor.ts";
import { MemoryServices } from "../../test/hosts/run-services.ts";
import { InlineHost } from "./inline/inline-host.ts";

type Act = (ctx: RunContext) => unknown;

const clock = new SystemClock();
const fixedClock = {
  now: () => 1000,
  monotonic: () => 0,
  after: clock.after.bind(clock),
  endOfTurn: clock.endOfTurn.bind(clock),
  nextTurn: clock.nextTurn.bind(clock),
};
const host = new InlineHost({ clock: fixedClock });

function attempt(act: Act, services: MemoryServices): Promise<Outcome> {
  const executor: Executor = {
    type: "test",
    version: "1",
    isolation: "inline",
    onInterrupted: "repeat",
    pausable: true,
    validate: (params) => ({ ok: true, params: params as Json }), // what a test gives
    execute: (_params, ctx) => act(ctx),
  };
  return host.run(executor, {}, services).outcome;
}

/** Calls the code again and again, as the engine does, each time with the next answer. */
async function drive(
  act: Act,
  answers: readonly Omit<Resumed, "state">[],
): Promise<{ outcome: Outcome; steps: Map<string, Json> }> {
  const steps = new Map<string, Json>();
  let outcome = await attempt(act, new MemoryServices({ steps }));
  for (const answer of answers) {
    if (outcome.kind !== "suspended") break;
    const resumed = { state: outcome.state ?? null, ...answer };
    outcome = await attempt(act, new MemoryServices({ steps, resumed }));
  }
  return { outcome, steps };
}

describe("durable steps", () => {
  it("SEM 8 continues after the last finished step when the run is tried again", async () => {
    const steps = new Map<string, Json>();
    const done: string[] = [];
    const act = async (ctx: RunContext): Promise<Json> => {
      const first = await ctx.step("first", () => done.push("first"));
      const second = await ctx.step("second", () => {
        done.push("second");
        if (done.length < 3) throw new Error("once");
        return "ok";
      });
      return { first, second };
    };
    expect(await attempt(act, new MemoryServices({ steps }))).toMatchObject({ kind: "failed" });
    const outcome = await attempt(act, new MemoryServices({ steps, attempt: 2 }));
    expect(outcome).toEqual({ kind: "completed", data: { first: 1, second: "ok" } });
    expect(done).toEqual(["first", "second", "second"]);
  });

  it("SEM 8 counts a name used again, and gives each its idempotency key", async () => {
    const services = new MemoryServices();
    const keys: string[] = [];
    await attempt(async (ctx) => {
      for (let i = 0; i < 3; i++) await ctx.step("send", ({ idempotencyKey }) => keys.push(idempotencyKey));
      keys.push(ctx.idempotencyKey);
    }, services);
    expect([...services.steps.keys()]).toEqual(["send", "send#2", "send#3"]);
    expect(keys).toEqual(["run_1:send#1", "run_1:send#2", "run_1:send#3", "run_1"]);
  });

  it("SEM 8 runs steps together, named in the order of the calls and not of their ends", async () => {
    const services = new MemoryServices();
    const gates: (() => void)[] = [];
    const act = (ctx: RunContext): Promise<string[]> =>
      Promise.all(
        ["a", "b", "c"].map((value, index) =>
          ctx.step("part", async () => {
            await new Promise<void>((resolve) => {
              gates[index] = resolve;
              if (gates.filter(Boolean).length === 3) for (const open of [...gates].reverse()) open();
            });
            return value;
          }),
        ),
      );
    expect(await attempt(act, services)).toEqual({ kind: "completed", data: ["a", "b", "c"] });
    expect(Object.fromEntries(services.steps)).toEqual({ part: "a", "part#2": "b", "part#3": "c" });
    const again = await attempt(
      (ctx) => Promise.all([0, 1, 2].map(() => ctx.step("part", () => "again"))),
      services,
    );
    expect(again).toMatchObject({ data: ["a", "b", "c"] });
  });

  it("waits for steps at work before it reports, so that what they did is kept", async () => {
    const services = new MemoryServices();
    let finish = (): void => undefined;
    const outcome = attempt((ctx) => {
      ctx.step("slow", () => new Promise<void>((resolve) => (finish = resolve))).catch(() => undefined);
      ctx.log.info("returned");
    }, services);
    await services.lineOf(({ message }) => message === "returned");
    await Promise.resolve();
    finish();
    await outcome;
    expect([...services.steps.keys()]).toEqual(["slow"]);
  });

  it("fails the run when the claim is no longer ours", async () => {
    const services = new MemoryServices();
    services.beforeSave = () => {
      throw new RotaError("CANCELLED", "no longer this worker's");
    };
    expect(await attempt((ctx) => ctx.step("a", () => 1), services)).toMatchObject({
      kind: "failed",
      error: { code: "CANCELLED" },
    });
  });

  it.each([
    ["an empty name", ""],
    ["a name that looks counted", "a#2"],
    ["a reserved name", "$sleep"],
  ])("refuses %s", async (_what, name) => {
    expect(await attempt((ctx) => ctx.step(name, () => 1), new MemoryServices())).toMatchObject({
      error: { code: "NON_RETRYABLE" },
    });
  });

  it("refuses steps within steps, whose names would shift when the outer one is replayed", async () => {
    const act: Act = (ctx) => ctx.step("outer", () => ctx.step("inner", () => 1));
    expect(await attempt(act, new MemoryServices())).toMatchObject({
      kind: "failed",
      error: {
        code: "NON_RETRYABLE",
        message: expect.stringContaining('within the step "outer"') as unknown,
      },
    });
  });

  it("SEM 36 refuses a step result over its limit and the 1,001st step", async () => {
    const large = await attempt((ctx) => ctx.step("big", () => "x".repeat(2_000_000)), new MemoryServices());
    expect(large).toMatchObject({ error: { code: "RESULT_TOO_LARGE" } });
    const services = new MemoryServices();
    const many = await attempt(async (ctx) => {
      for (let i = 0; i < 1001; i++) await ctx.step("s", () => i);
    }, services);
    expect(many).toMatchObject({ error: { code: "PAYLOAD_TOO_LARGE" } });
    expect(services.steps.size).toBe(1000);
  });

  it("SEM 9 begins no step once the run is told to stop", async () => {
    const services = new MemoryServices();
    services.controller.abort(new RotaError("CANCELLED", "asked to"));
    expect(await attempt((ctx) => ctx.step("a", () => 1), services)).toEqual({ kind: "aborted" });
    expect(services.steps.size).toBe(0);
  });
});

describe("waits", () => {
  it("SEM 8 suspends on sleep, and goes on when the time has come without repeating finished steps", async () => {
    const calls: string[] = [];
    const act = async (ctx: RunContext): Promise<Json> => {
      await ctx.step("before", () => calls.push("before"));
      await ctx.sleep(60_000);
      await ctx.step("between", () => calls.push("between"));
      await ctx.sleep(30_000);
      return "slept";
    };
    const first = await attempt(act, new MemoryServices());
    expect(first).toMatchObject({ kind: "suspended", forMs: 60_000 });
    calls.length = 0;
    const { outcome, steps } = await drive(act, [{}, {}]);
    expect(outcome).toEqual({ kind: "completed", data: "slept" });
    expect(calls).toEqual(["before", "between"]);
    expect([...steps.keys()]).toEqual(["before", "$sleep", "between", "$sleep#2"]);
  });

  it("SEM 8 waits for a signal by name and returns its payload", async () => {
    const act: Act = async (ctx) => ctx.waitFor("paid", { timeoutMs: 5000 });
    expect(await attempt(act, new MemoryServices())).toMatchObject({ signal: "paid", answerByMs: 6000 });
    const { outcome } = await drive(act, [
      { signal: { name: "other", payload: 1 } },
      { signal: { name: "paid", payload: { cents: 5 } } },
    ]);
    expect(outcome).toEqual({ kind: "completed", data: { cents: 5 } });
  });

  it("SEM 8 asks a person and returns the answer, falsy ones too", async () => {
    const act: Act = async (ctx) => ({
      go: await ctx.ask({ prompt: "go?", options: ["yes", "no"], defaultAnswer: "no", answerByMs: 77 }),
    });
    expect(await attempt(act, new MemoryServices())).toMatchObject({
      kind: "suspended",
      question: { prompt: "go?", options: ["yes", "no"], defaultAnswer: "no" },
      answerByMs: 77,
    });
    expect((await drive(act, [{ answer: false }])).outcome).toEqual({
      kind: "completed",
      data: { go: false },
    });
    expect((await drive(act, [{ answer: null }])).outcome).toEqual({ kind: "completed", data: { go: null } });
  });

  it("keeps an answer when the attempt that got it fails", async () => {
    const steps = new Map<string, Json>();
    const act: Act = async (ctx) => {
      const answer = await ctx.ask({ prompt: "sure?" });
      if (ctx.attempt === 1) throw new Error("fails after the answer");
      return answer;
    };
    const waiting = await attempt(act, new MemoryServices({ steps }));
    const state = waiting.kind === "suspended" ? (waiting.state ?? null) : null;
    await attempt(act, new MemoryServices({ steps, resumed: { state, answer: "yes" } }));
    expect(await attempt(act, new MemoryServices({ steps, attempt: 2 }))).toEqual({
      kind: "completed",
      data: "yes",
    });
  });

  it("shows ctx.resumed only what the executor itself put away", async () => {
    const seen: (Resumed | undefined)[] = [];
    const act: Act = async (ctx) => {
      seen.push(ctx.resumed);
      if (!ctx.resumed) return suspend({ signal: "go", state: { page: 3 } });
      await ctx.sleep(1000);
      return ctx.resumed.state;
    };
    const { outcome } = await drive(act, [{ signal: { name: "go", payload: 1 } }, {}]);
    expect(outcome).toEqual({ kind: "completed", data: { page: 3 } });
    const mine = { state: { page: 3 }, signal: { name: "go", payload: 1 } };
    expect(seen).toEqual([undefined, mine, mine]);
  });

  it("is suspended although the code caught the error, and says so", async () => {
    const services = new MemoryServices();
    const act: Act = async (ctx) => {
      try {
        await ctx.sleep(1000);
      } catch {
        return "as if it had slept";
      }
      return "slept";
    };
    expect(await attempt(act, services)).toMatchObject({ kind: "suspended", forMs: 1000 });
    expect(services.messages).toEqual([
      expect.stringContaining("caught the error by which a wait leaves it"),
    ]);
    expect((await drive(act, [{}])).outcome).toEqual({ kind: "completed", data: "slept" });
  });

  it("lets code that caught the error begin nothing durable", async () => {
    const services = new MemoryServices();
    const outcome = await attempt(async (ctx) => {
      await ctx.sleep(1000).catch(() => undefined);
      await ctx.step("too early", () => 1).catch(() => undefined);
      await ctx.checkpoint().catch(() => undefined);
      throw new Error("and then something else");
    }, services);
    expect(outcome).toMatchObject({ kind: "suspended" });
    expect([services.steps.size, services.checkpoints]).toEqual([0, 0]);
  });

  it("does not end the process when a wait is not awaited", async () => {
    const services = new MemoryServices();
    const outcome = await attempt((ctx) => {
      ctx.waitFor("paid").catch(() => undefined);
      return "gone on";
    }, services);
    expect(outcome).toMatchObject({ kind: "suspended", signal: "paid" });
  });

  it("keeps the steps that ran beside a wait before it reports", async () => {
    const services = new MemoryServices();
    const outcome = await attempt(
      (ctx) => Promise.all([ctx.sleep(1000), ctx.step("beside", async () => Promise.resolve("done"))]),
      services,
    );
    expect(outcome).toMatchObject({ kind: "suspended" });
    expect(Object.fromEntries(services.steps)).toEqual({ beside: "done" });
  });

  it("SEM 9 is aborted rather than suspended when it was told to stop meanwhile", async () => {
    const services = new MemoryServices();
    const outcome = await attempt(async (ctx) => {
      try {
        await ctx.sleep(1000);
      } finally {
        services.controller.abort(new RotaError("CANCELLED", "asked to"));
      }
    }, services);
    expect(outcome).toEqual({ kind: "aborted" });
  });

  it("sleeps not at all for 0 ms, and refuses what is no number", async () => {
    expect(await attempt((ctx) => ctx.sleep(0), new MemoryServices())).toMatchObject({ kind: "completed" });
    expect(await attempt((ctx) => ctx.sleep(Number.NaN), new MemoryServices())).toMatchObject({
      kind: "failed",
    });
  });
});
