// What the type system promises to users of the library.

import { describe, expectTypeOf, it } from "vitest";
import { createTestRota } from "../../src/testing/test-rota.ts";
import { defineExecutor, type Json } from "../../src/index.ts";

const greet = defineExecutor({
  type: "greet",
  run: ({ name }: { readonly name: string }) => ({ text: `hello, ${name}` }),
});
const add = defineExecutor({
  type: "add",
  run: ({ a, b }: { readonly a: number; readonly b: number }) => a + b,
});

describe("the library's types", () => {
  it("P11 S2.1 know the params and the result of each type, end to end", async () => {
    await using test = await createTestRota({ executors: [greet, add] });
    const { rota } = test;
    const task = await rota.tasks.create({ name: "sum", type: "add", params: { a: 1, b: 2 } });
    expectTypeOf(task.type).toEqualTypeOf<"add">();
    const run = await rota.trigger(task, { params: { a: 2, b: 3 } });
    expectTypeOf(run.result).returns.resolves.toBeNumber();
    // @ts-expect-error the params of another type
    await rota.trigger(task, { params: { name: "x" } }).catch(() => undefined);
    // @ts-expect-error a type nobody registered
    await rota.tasks.create({ name: "x", type: "nobody" }).catch(() => undefined);
    // @ts-expect-error params of the wrong shape
    await rota.tasks.create({ name: "x", type: "greet", params: { nme: "x" } }).catch(() => undefined);
    const web = await rota.tasks.create({
      name: "web",
      type: "http",
      params: { url: "http://127.0.0.1:1/" },
    });
    expectTypeOf(web.type).toEqualTypeOf<"http">();
    const tasks = await rota.tasks.createMany([
      { name: "sum", type: "add", params: { a: 1, b: 2 } },
      { name: "hello", type: "greet", params: { name: "Ann" } },
    ]);
    expectTypeOf(tasks).items.toHaveProperty("type").toEqualTypeOf<"add" | "greet">();
    // @ts-expect-error the params of another type
    await rota.tasks.createMany([{ name: "sum", type: "add", params: { name: "x" } }]).catch(() => undefined);
  });

  it("SEM 31 take a reference to a secret wherever a text may stand", async () => {
    await using test = await createTestRota({ executors: [greet, add] });
    const { rota } = test;
    const task = await rota.tasks.create({ name: "x", type: "greet", params: { name: { $secret: "NAME" } } });
    await rota.trigger(task, { params: { name: { $secret: "OTHER" } } });
    expectTypeOf(task.type).toEqualTypeOf<"greet">();
    // @ts-expect-error a number is no text
    await rota.tasks.create({ name: "x", type: "add", params: { a: { $secret: "A" }, b: 1 } });
  });

  it("accept any type and any JSON where no executors were named", async () => {
    await using test = await createTestRota();
    expectTypeOf(test.rota.tasks.create).parameter(0).toHaveProperty("type").toEqualTypeOf<string>();
    expectTypeOf(test.rota.trigger)
      .returns.resolves.toHaveProperty("result")
      .returns.resolves.toEqualTypeOf<Json>();
  });
});
