// Awaiting the end of a run: from a Rota that works, from one that does not, and from one that is stopped meanwhile.

import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";

function setup() {
  const executors = [defineExecutor({ type: "echo", run: (params) => params })] as const;
  return {
    open: (options: { readonly start?: boolean } = {}) =>
      createRota({ database: "memory:", executors, ...options }),
  };
}

describe("the result of a run", () => {
  it("is refused at once by a Rota that works on no runs, and comes when it has been started", async () => {
    await using rota = await setup().open({ start: false });
    const task = await rota.tasks.create({ name: "t", type: "echo", params: { n: 1 } });
    const run = await rota.trigger(task);
    await expect(run.result()).rejects.toMatchObject({
      code: "NOT_STARTED",
      message: `run ${run.id} is pending, and this Rota does not work on runs; call start() first`,
    });
    await rota.start();
    expect(await run.result()).toEqual({ n: 1 });
  });

  it("is not waited for by an operation either, where nobody works on runs", async () => {
    await using rota = await setup().open({ start: false });
    const task = await rota.tasks.create({ name: "t", type: "echo" });
    expect(await rota.tasks.trigger({ id: task.id, wait: "60s" })).toMatchObject({ status: "pending" });
  });

  it("is refused as CLOSED when the Rota is stopped meanwhile, and afterwards", async () => {
    const rota = await setup().open();
    const idle = await rota.trigger(await rota.tasks.create({ name: "u", type: "echo" }), {
      delayMs: 60_000,
    });
    const waiting = idle.result().catch((error: unknown) => error);
    await rota.stop({ graceMs: 0 });
    expect(await waiting).toMatchObject({ code: "CLOSED" });
    await expect(idle.result()).rejects.toMatchObject({ code: "CLOSED" });
    await expect(idle.cancel()).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("refuses a time to wait that is none", async () => {
    await using rota = await setup().open();
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "echo" }));
    for (const timeoutMs of [-1, Number.NaN])
      await expect(run.result({ timeoutMs })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect(await run.result({ timeoutMs: Number.POSITIVE_INFINITY })).toEqual({});
  });
});
