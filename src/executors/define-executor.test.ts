// What `defineExecutor` makes of a definition: facts, checks of params, and types that follow from it.

import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { Json } from "../domain/json.ts";
import type { RunContext } from "../ports/executor.ts";
import { defineExecutor } from "./define-executor.ts";

// The executors of these tests do not look at it.
const context = {} as RunContext;

describe("defineExecutor", () => {
  it("S2.12 S2.15 S2.33 says type, version, description and schema", () => {
    const executor = defineExecutor({
      type: "content_generation",
      version: "2.1",
      description: "writes a text",
      params: z.object({ account_id: z.string(), topic: z.string().default("news") }),
      timeout: "1m30s",
      retry: { maxAttempts: 5 },
      run: ({ topic }) => topic,
    });
    expect(executor).toMatchObject({
      type: "content_generation",
      version: "2.1",
      description: "writes a text",
      isolation: "inline",
      onInterrupted: "repeat",
      pausable: false,
      timeoutMs: 90_000,
      retry: { maxAttempts: 5 },
      paramsSchema: {
        type: "object",
        required: ["account_id"],
        properties: { topic: { type: "string", default: "news" } },
      },
    });
  });

  it("S2.14 accepts anything when there is no schema, and publishes none", () => {
    const executor = defineExecutor({ type: "any", run: (params: { n: number }) => params.n });
    expect(executor.validate({ whatever: 1 })).toEqual({ ok: true, params: { whatever: 1 } });
    expect(executor).not.toHaveProperty("paramsSchema");
    expect(executor.execute({ n: 4 }, context)).toBe(4);
  });

  it("S2.32 names every problem by path, code and message", () => {
    const executor = defineExecutor({
      type: "strict",
      params: z.object({ to: z.array(z.object({ mail: z.string() })), n: z.number() }),
      run: () => null,
    });
    expect(executor.validate({ to: [{ mail: "a" }, {}], n: "1" })).toEqual({
      ok: false,
      issues: [
        { path: "to.1.mail", code: "invalid_type", message: expect.stringContaining("string") as unknown },
        { path: "n", code: "invalid_type", message: expect.stringContaining("number") as unknown },
      ],
    });
  });

  it("takes any Standard Schema", async () => {
    const executor = defineExecutor({
      type: "v",
      params: v.object({ n: v.number() }),
      run: ({ n }) => n + 1,
    });
    expect(executor.validate({ n: "1" })).toMatchObject({ ok: false, issues: [{ path: "n" }] });
    expect(executor.execute({ n: 1 }, context)).toBe(2);
    const late = defineExecutor({
      type: "late",
      params: z.object({ n: z.number().refine(async (n) => Promise.resolve(n > 0)) }),
      run: ({ n }) => n,
    });
    expect(await late.validate({ n: 0 })).toMatchObject({ ok: false });
    expect(await late.execute({ n: 2 }, context)).toBe(2);
  });

  it("keeps params as given, and parses them once for the code: defaults, dates, transforms", () => {
    const executor = defineExecutor({
      type: "t",
      params: z.object({
        at: z.coerce.date(),
        text: z.string().transform((text) => text.length),
        n: z.number().default(5),
      }),
      run: ({ at, text, n }) => [at.getTime(), text, n],
    });
    const given = { at: "1970-01-01T00:00:01Z", text: "abc" };
    expect(executor.validate(given)).toEqual({ ok: true, params: given });
    expect(executor.execute(given, context)).toEqual([1000, 3, 5]);
    expect(executor).not.toHaveProperty("paramsSchema");
  });

  it("refuses params that the code has come to refuse since they were stored", () => {
    const executor = defineExecutor({ type: "t", params: z.object({ n: z.number() }), run: ({ n }) => n });
    expect(() => executor.execute({}, context)).toThrow(
      expect.objectContaining({ code: "INVALID_PARAMETERS", retryable: false }),
    );
  });

  it("refuses params when the schema itself throws", () => {
    const broken = {
      "~standard": {
        version: 1,
        vendor: "x",
        validate: () => {
          throw new Error("broken");
        },
      },
    } as const;
    const executor = defineExecutor({ type: "t", params: broken, run: () => null });
    expect(executor.validate({})).toMatchObject({
      ok: false,
      issues: [{ message: "the schema failed: broken" }],
    });
  });

  it("prefers the JSON Schema that was given", () => {
    const executor = defineExecutor({
      type: "t",
      params: z.object({}),
      paramsSchema: { type: "object" },
      run: () => null,
    });
    expect(executor.paramsSchema).toEqual({ type: "object" });
  });

  it.each([
    ["a type with spaces", { type: "my task" }, "type"],
    ["no type", { type: "" }, "type"],
    ["an unknown isolation", { type: "a", isolation: "vm" as "thread" }, "isolation"],
    ["a thread without its module", { type: "a", isolation: "thread" as const }, "module"],
    ["a module that is no URL", { type: "a", module: "./tasks.ts" }, "module"],
    ["a timeout nobody can read", { type: "a", timeout: "soon" }, "timeout"],
    ["no attempt at all", { type: "a", retry: { maxAttempts: 0 } }, "retry.maxAttempts"],
  ])("refuses %s, naming the field", (_what, definition, path) => {
    expect(() => defineExecutor({ ...definition, run: () => null })).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining(`: ${path}: `) as unknown,
      }),
    );
  });

  it("S2.1 knows the types of params and result", () => {
    const executor = defineExecutor({
      type: "typed",
      params: z.object({ n: z.coerce.number() }),
      run: async ({ n }, ctx) => {
        expectTypeOf(n).toEqualTypeOf<number>();
        expectTypeOf(ctx).toEqualTypeOf<RunContext>();
        return { twice: n * 2 };
      },
    });
    expectTypeOf<NonNullable<(typeof executor)["~types"]>>().toEqualTypeOf<{
      readonly params: { n: number };
      readonly result: { twice: number };
    }>();
    const bare = defineExecutor({ type: "bare", run: (params) => params });
    expectTypeOf<NonNullable<(typeof bare)["~types"]>["params"]>().toEqualTypeOf<Json>();
  });
});
