// The example's own code: a TypeScript executor that runs in a process of its own.

import { defineExecutor } from "rota";

interface Digest {
  /** How many numbers to work through, a tenth of a second each. */
  readonly items: number;
}

/** Works through its items one by one; may pause between them, and continues where it was after a crash. */
export const digest = defineExecutor({
  type: "digest",
  description: "Adds up numbers, slowly",
  isolation: "process",
  module: import.meta.url,
  pausable: true,
  run: async ({ items }: Digest, ctx) => {
    let sum = 0;
    for (let item = 1; item <= items; item++) {
      await ctx.checkpoint();
      sum += await ctx.step(`item ${item}`, () => item);
      ctx.progress({ done: item, of: items });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    ctx.log.info("digested", { items, sum });
    return { sum };
  },
});
