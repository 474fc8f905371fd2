// Cursors: opaque to callers, exact for us.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { cursorOf, pageRequest } from "./page.ts";

it("brings any position back as it was", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (position) => {
      expect(pageRequest({ limit: 10, cursor: cursorOf(position) ?? "" })).toEqual({
        limit: 10,
        after: position,
      });
    }),
  );
});

it("is null where nothing follows", () => {
  expect(cursorOf(undefined)).toBeNull();
  expect(pageRequest({ limit: 10 })).toEqual({ limit: 10 });
});

it("refuses what is no cursor, and says what to do", () => {
  for (const cursor of ["", "x", "c", "c!", "c99999999999999", "0", "c1' or 1=1"]) {
    expect(() => pageRequest({ limit: 10, cursor })).toThrow(/give back the nextCursor/);
  }
});
