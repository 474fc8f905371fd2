// Lists: how they are asked for and what a page looks like.

import { z } from "zod";
import { cursorSchema } from "./scalars.ts";

/** The fields of every list. */
export const pageFields = {
  limit: z.int().min(1).max(1000).default(50).describe("Most items on a page"),
  cursor: cursorSchema.optional(),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe("Asks for the next page; null on the last one"),
  });
}
