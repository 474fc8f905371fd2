// The executors of the fault tests: they write each start and end into the effects ledger, and can misbehave on demand.

import type { Executor, RunContext } from "../../../src/ports/executor.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { Deed, DeedLog } from "../deeds.ts";

/** What one attempt does, by its number; the last one holds for all that follow. */
export type Act =
  | "ok"
  | "fail"
  | "fatal"
  | "steps"
  | { readonly takeMs: number; readonly then: "ok" | "fail" };

type How = Extract<Deed, { e: "end" }>["how"];

/** Plain objects: nothing of the product is loaded, so the same code serves every build of it. */
export function workExecutors(log: DeedLog): readonly Executor[] {
  const make = (type: string, perform: (params: Json, context: RunContext) => Promise<How>): Executor => ({
    type,
    version: "1",
    isolation: "inline",
    onInterrupted: "repeat",
    pausable: false,
    validate: (params) => ({ ok: true, params: params as Json }), // params come from JSON
    execute: async (params, context) => {
      const { runId: run, taskId: task, attempt } = context;
      log.write({ e: "start", at: Date.now(), run, task, attempt, pid: process.pid });
      let how: How = "aborted";
      try {
        how = await perform(params, context);
      } finally {
        log.write({ e: "end", at: Date.now(), run, pid: process.pid, how });
      }
      if (how === "aborted") throw context.signal.reason;
      if (how === "fail") throw new Error("failed on demand");
      if (how === "fatal") throw Object.assign(new Error("failed for good"), { name: "NonRetryableError" });
      return { attempt };
    },
  });
  return [
    make("work", (params, context) => work(actOf(params, context.attempt), context, log)),
    make("poison", async () => {
      process.kill(process.pid, "SIGKILL");
      return "ok";
    }),
    make("block", async (params) => {
      const untilMs = performance.now() + numberOf(params, "blockMs");
      while (performance.now() < untilMs);
      return "ok";
    }),
  ];
}

async function work(act: Act, context: RunContext, log: DeedLog): Promise<How> {
  if (act === "ok" || act === "fail" || act === "fatal") return act;
  if (act !== "steps") return (await pass(act.takeMs, context.signal)) ? act.then : "aborted";
  const { runId: run } = context;
  for (const name of ["one", "two", "three"]) {
    await context.step(name, () => log.write({ e: "step", run, name, pid: process.pid }));
    log.write({ e: "kept", run, name, pid: process.pid });
    if (!(await pass(20, context.signal))) return "aborted";
  }
  return "ok";
}

/** False when it was aborted before. */
function pass(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => resolve(true), ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

function actOf(params: Json, attempt: number): Act {
  const acts: unknown =
    typeof params === "object" && params !== null && "acts" in params ? params["acts"] : undefined;
  const list = Array.isArray(acts) ? (acts as readonly Act[]) : []; // written by the load
  return list[Math.min(attempt, list.length) - 1] ?? "ok";
}

function numberOf(params: Json, name: string): number {
  const value =
    typeof params === "object" && params !== null && !Array.isArray(params)
      ? (params as Record<string, unknown>)[name]
      : 0; // any JSON object
  return typeof value === "number" ? value : 0;
}
