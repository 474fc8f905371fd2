// Secrets by reference: given to the code at its claim, and in nothing that is kept.

import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { NonRetryableError } from "../../src/domain/errors.ts";
import { successResult, suspend } from "../../src/domain/outcome.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import type { RunContext } from "../../src/ports/executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

const canary = "s3cr3t/canary";
const ref = { $secret: "API_KEY" } as const;

interface Params {
  readonly key: string;
  readonly url?: string;
}

async function setup(
  act: (params: Params, ctx: RunContext) => unknown,
  options: { readonly secrets?: (name: string) => string | undefined | Promise<string> } = {},
) {
  const seen: string[] = [];
  const call = defineExecutor({
    type: "call",
    params: z.object({ key: z.string().startsWith("s3cr3t"), url: z.url().optional() }),
    retry: { maxAttempts: 2, delayMs: 1000, jitter: "none" },
    run: (params, ctx) => {
      seen.push(params.key);
      return act(params as Params, ctx);
    },
  });
  const secrets = options.secrets ?? ((name: string) => (name === "API_KEY" ? canary : undefined));
  const test = await createTestRota({ executors: [call], secrets });
  const task = await test.rota.tasks.create({ name: "t", type: "call", params: { key: ref } });
  const run = async (params?: object) => {
    const started = await test.rota.trigger(task, params === undefined ? {} : { params: params as Params });
    await test.advance(60_000);
    return started.id;
  };
  return { ...test, task, seen, run };
}

/** All that anybody can read of a run, and the feed of everything. */
async function allOf({ rota }: Awaited<ReturnType<typeof setup>>, id: string): Promise<string> {
  return JSON.stringify([
    await rota.runs.get({ id }),
    await rota.runs.events({ id }),
    await rota.runs.logs({ id }),
    await rota.runs.output({ id }),
    await rota.runs.attempts({ id }),
    await rota.tasks.list(),
  ]);
}

afterEach(() => {
  delete process.env["ROTA_SECRET_API_KEY"];
});

describe("a secret in params", () => {
  it("SEM 31 is given to the code, while the reference is what is stored and shown", async () => {
    await using made = await setup(() => "done");
    const id = await made.run();
    expect(made.seen).toEqual([canary]);
    expect(await made.rota.runs.get({ id })).toMatchObject({ status: "completed", params: { key: ref } });
    expect((await made.rota.tasks.get({ id: made.task.id })).params).toEqual({ key: ref });
    await made.run({ key: ref, url: "https://example.org" });
    expect(made.seen).toEqual([canary, canary]);
  });

  it("SEM 31 is in nothing that the code says: result, error, log, output, progress, step, wait", async () => {
    await using made = await setup(async ({ key }, ctx) => {
      if (ctx.resumed !== undefined) throw new NonRetryableError(`no luck with ${key}`);
      ctx.log.info(`calling with ${key}`, { key, [key]: encodeURIComponent(key) });
      ctx.emit({ header: `Bearer ${key}` });
      ctx.progress({ at: key });
      await ctx.step("one", () => Promise.resolve({ key }));
      return suspend({ forMs: 1000, state: { key }, question: { prompt: `is ${key} right?` } });
    });
    const id = await made.run();
    const all = await allOf(made, id);
    expect(all).not.toContain("canary");
    expect(await made.rota.runs.get({ id })).toMatchObject({
      status: "failed",
      error: { message: "no luck with [secret API_KEY]" },
      progress: { at: "[secret API_KEY]" },
    });
    expect((await made.rota.runs.logs({ id })).items[0]).toMatchObject({
      message: "calling with [secret API_KEY]",
      fields: { key: "[secret API_KEY]", "[secret API_KEY]": "[secret API_KEY]" },
    });
    await using other = await setup(({ key }) => successResult(`used ${key}`, { [key]: [key] }, { key }));
    const second = await other.run();
    expect(await allOf(other, second)).not.toContain("canary");
    expect((await other.rota.runs.get({ id: second })).result).toMatchObject({
      message: "used [secret API_KEY]",
      data: { "[secret API_KEY]": ["[secret API_KEY]"] },
      metadata: { key: "[secret API_KEY]" },
    });
  });

  it("SEM 31 that the worker does not know fails the run at once, and says what to set", async () => {
    await using made = await setup(() => "done", { secrets: () => undefined });
    const id = await made.run();
    expect(made.seen).toEqual([]);
    expect(await made.rota.runs.get({ id })).toMatchObject({
      status: "failed",
      attempt: 1,
      error: {
        code: "SECRET_NOT_FOUND",
        message: expect.stringContaining("ROTA_SECRET_API_KEY") as string,
        retryable: false,
      },
    });
    process.env["ROTA_SECRET_API_KEY"] = canary;
    await made.run();
    expect(made.seen, "the environment is asked where the provider knows none").toEqual([canary]);
  });

  it("SEM 31 is asked for again when its provider failed, whose words are not told", async () => {
    let asked = 0;
    await using made = await setup(() => "done", {
      secrets: () => {
        asked += 1;
        if (asked === 1) throw new Error(`the vault says ${canary}`);
        if (asked === 2) return new Promise<string>(() => undefined);
        return canary;
      },
    });
    const first = await made.run();
    expect(await made.rota.runs.get({ id: first })).toMatchObject({ status: "failed", attempt: 2 });
    expect(await allOf(made, first)).not.toContain("canary");
    expect(await made.rota.runs.get({ id: await made.run() })).toMatchObject({ status: "completed" });
  });

  it("SEM 31 SEM 21 is checked by the executor's schema once it is known; all around it before", async () => {
    await using made = await setup(() => "done", { secrets: () => "does not fit" });
    const id = await made.run();
    expect(await made.rota.runs.get({ id })).toMatchObject({
      status: "failed",
      error: { code: "INVALID_PARAMETERS", retryable: false },
    });
    expect(await allOf(made, id)).not.toContain("does not fit");
    await expect(
      made.rota.trigger(made.task, { params: { key: ref, url: "nowhere" } }),
    ).rejects.toMatchObject({
      code: "INVALID_PARAMETERS",
      details: { issues: [{ path: "params.url" }] },
    });
  });

  it("SEM 31 SEM 9 that comes after its run was cancelled starts nothing", async () => {
    let tell = (_secret: string): void => undefined;
    await using made = await setup(() => "done", {
      secrets: () => new Promise<string>((resolve) => (tell = resolve)),
    });
    const run = await made.rota.trigger(made.task);
    await made.advance(100);
    await made.rota.runs.cancel({ id: run.id, force: true });
    await made.advance(100);
    tell(canary);
    await made.advance(100);
    expect(made.seen).toEqual([]);
    expect((await made.rota.runs.get({ id: run.id })).status).toBe("cancelled");
  });

  it.each([[{ $secret: "api_key" }], [{ $secret: "A", and: 1 }], [{ $secret: 7 }], [{ $secret: "" }]])(
    "SEM 31 %j is refused where it is written",
    async (wrong) => {
      await using made = await setup(() => "done");
      await expect(
        made.rota.invoke("tasks.trigger", { id: made.task.id, params: { key: wrong } }),
      ).rejects.toMatchObject({ code: "INVALID_PARAMETERS", details: { issues: [{ path: "params.key" }] } });
    },
  );

  it("SEM 31 earns a warning at creation when it is written out", async () => {
    await using made = await setup(() => "done");
    expect(made.task.warnings).toEqual([]);
    const careless = await made.rota.tasks.create({
      name: "t",
      type: "http",
      params: {
        method: "POST",
        url: "https://ann:hunter2@example.org",
        headers: { authorization: "Bearer abcdefgh", accept: "text/html", "x-api-key": ref },
        body: { apiKey: "12345678", author: "Ann Smith", tokens: 5, note: "ghp_abcdefghijklmnopqrstuvwx" },
      },
    });
    expect(careless.warnings.map(({ path }) => path)).toEqual([
      "params.body.apiKey",
      "params.body.note",
      "params.headers.authorization",
      "params.url",
    ]);
    expect(careless.warnings[0]).toMatchObject({
      code: "CREDENTIAL_IN_PARAMS",
      message: { en: expect.stringContaining("$secret") as string, zh: expect.any(String) as string },
    });
  });
});
