// JSONata in its process: what it computes, and what it survives.

import { afterAll, describe, expect, it } from "vitest";
import { JsonataExpressions } from "./jsonata-expressions.ts";

const expressions = new JsonataExpressions({ timeoutMs: 500, maxHeapMb: 64 });
afterAll(() => expressions.close());

describe("JSONata in a process", () => {
  it("computes several texts over one scope, in order", async () => {
    const scope = { input: { orders: [{ price: 3 }, { price: 4 }] } };
    expect(
      await expressions.evaluate({
        texts: ["$sum(input.orders.price)", "input.none", "input.orders[0]"],
        scope,
      }),
    ).toEqual([
      { ok: true, value: 7 },
      { ok: true, value: null },
      { ok: true, value: { price: 3 } },
    ]);
  });

  it("says what is wrong with a text, and where", async () => {
    expect(await expressions.check(["1 + 1", "1 + "])).toEqual([
      null,
      expect.stringMatching(/at character \d/),
    ]);
  });

  it("fails an expression that cannot be computed, and only that one", async () => {
    const [first, second] = await expressions.evaluate({ texts: ["$number('x')", "1"], scope: {} });
    expect(first?.ok).toBe(false);
    expect(second).toEqual({ ok: true, value: 1 });
  });

  it("ends an expression that goes round for ever, and computes the next one", async () => {
    const endless = "($f := function($x) { $f($x + 1) }; $f(0))";
    const [both, next] = await Promise.all([
      expressions.evaluate({ texts: [endless], scope: {} }),
      expressions.evaluate({ texts: ["2 * 3"], scope: {} }),
    ]);
    expect(both).toEqual([{ ok: false, message: "it took longer than 0.5 s; does it come to an end?" }]);
    expect(next).toEqual([{ ok: true, value: 6 }]);
  });

  it("ends an expression that needs too much memory, and computes the next one", async () => {
    const [blown] = await expressions.evaluate({
      texts: ["$map([1..9999999], function($i) { $string($i) & $string($i) })"],
      scope: {},
    });
    expect(blown).toMatchObject({ ok: false });
    expect(await expressions.evaluate({ texts: ["1"], scope: {} })).toEqual([{ ok: true, value: 1 }]);
  });

  it("cannot reach the process", async () => {
    const texts = [
      "$eval('process')",
      "process.exit()",
      "constructor",
      "__proto__",
      "$.constructor.constructor('return 1')()",
    ];
    const values = await expressions.evaluate({ texts, scope: {} });
    expect(values.filter((value) => value.ok && value.value !== null)).toEqual([]);
  });
});
