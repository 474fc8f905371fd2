// Lines of a stream: cut anywhere, bounded in length, and kept where they are no UTF-8.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineReader } from "./line-reader.ts";
import { StreamLog } from "./stream-log.ts";

function linesOf(chunks: readonly (Buffer | string)[], maxBytes = 1000): string[] {
  const lines: string[] = [];
  const reader = new LineReader({ maxBytes, take: (line) => lines.push(line) });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return lines;
}

describe("lines of what a program writes", () => {
  it("are the same however the bytes are cut, also within a character", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme" }).map((line) => line.replaceAll(/[\r\n]/gu, ""))),
        fc.integer({ min: 1, max: 7 }),
        (lines, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
          expect(linesOf(chunks)).toEqual(lines);
        },
      ),
    );
  });

  it("end with \\n or \\r\\n, and the last one with the stream", () => {
    expect(linesOf(["a\r\nb\n\nc"])).toEqual(["a", "b", "", "c"]);
    expect(linesOf(["a\n"])).toEqual(["a"]);
  });

  it("are cut with a mark when they are too long, at a whole character", () => {
    expect(linesOf(["abcdef\nxy\n"], 3)).toEqual(["abc … (cut)", "xy"]);
    expect(linesOf(["漢漢\n"], 4)).toEqual(["漢 … (cut)"]);
    expect(linesOf(["abc\n"], 3)).toEqual(["abc"]);
  });

  it("that are no UTF-8 keep what can be read", () => {
    expect(linesOf([Buffer.from([0x61, 0xff, 0x62, 0x0a])])).toEqual(["a\uFFFDb"]);
  });

  it("stop with a mark, told once, when a log is full", () => {
    const lines: string[] = [];
    let fullCount = 0;
    const log = new StreamLog({ maxBytes: 8, line: (line) => lines.push(line), full: () => fullCount++ });
    log.push(Buffer.from("one\ntwo\nthree\nfour\n"));
    log.push(Buffer.from("five\n"));
    log.end();
    expect(lines).toEqual(["one", "… (the rest is cut: more than 8 bytes)"]);
    expect(fullCount).toBe(1);
  });
});
