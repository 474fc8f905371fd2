// The limits given to `createRota` hold wherever bytes are counted: in the ledger, in hosts, in built-in executors.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

const talks = defineExecutor({
  type: "talks",
  run: async (_params, ctx) => {
    for (let n = 0; n < 5; n++) {
      ctx.log.info("x".repeat(40));
      ctx.emit("y".repeat(38));
    }
    await ctx.checkpoint();
    return null;
  },
});

describe("limits", () => {
  it("SEM 36 cut a run's log and output where they were set to, with a mark that says so", async () => {
    await using test = await createTestRota({
      executors: [talks],
      limits: { logBytes: 100, outputBytes: 60 },
    });
    const task = await test.rota.tasks.create({ name: "t", type: "talks" });
    const run = await test.rota.trigger(task);
    await test.advance(1000);
    const logs = await test.rota.runs.logs({ id: run.id });
    expect(logs.items.map(({ message }) => message)).toEqual([
      "x".repeat(40),
      "x".repeat(40),
      "log cut at 100 bytes",
    ]);
    const output = await test.rota.runs.output({ id: run.id });
    expect(output.items.map(({ chunk }) => chunk)).toEqual([
      "y".repeat(38),
      { cut: "output cut at 60 bytes" },
    ]);
    expect(await test.rota.runs.get({ id: run.id })).toMatchObject({ status: "completed" });
  });

  it("bound the results of the executors that come with Rota", async () => {
    const server = createServer((_request, response) => response.end("z".repeat(5000)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // a server that listens on a port
    try {
      await using rota = await createRota({
        database: "memory:",
        allowCommands: true,
        limits: { resultBytes: 1000 },
      });
      const call = await rota.tasks.create({
        name: "call",
        type: "http",
        params: { url: `http://127.0.0.1:${port}` },
        retry: { maxAttempts: 1 },
      });
      const print = await rota.tasks.create({
        name: "print",
        type: "command",
        params: { command: process.execPath, args: ["-e", "console.log('z'.repeat(5000))"] },
      });
      for (const task of [call, print])
        await expect((await rota.trigger(task)).result()).rejects.toThrow(/1000 bytes/u);
    } finally {
      server.close();
    }
  });
});
