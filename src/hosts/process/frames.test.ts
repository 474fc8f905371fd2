// Frames between worker and supervisor: a stream of bytes may be cut anywhere.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, type Frame } from "./frames.ts";

describe("frames", () => {
  it("come out as they went in, however the stream of bytes is cut", () => {
    const frames = fc.array(
      fc.record({ kind: fc.nat(255), child: fc.nat(0xffff_ffff), payload: fc.uint8Array({ maxLength: 50 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = Buffer.concat(
          sent.map(({ kind, child, payload }) => encodeFrame(kind, child, payload)),
        );
        const read: Frame[] = [];
        const reader = new FrameReader((frame) => read.push(frame));
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          reader.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(
          read.map(({ kind, child, payload }) => ({ kind, child, payload: new Uint8Array(payload) })),
        ).toEqual(sent);
      }),
    );
  });

  it("reads a large frame in time linear in its size", () => {
    let bytes = 0;
    const reader = new FrameReader(({ payload }) => (bytes = payload.length));
    const frame = encodeFrame(1, 1, Buffer.alloc(20_000_000));
    for (let at = 0; at < frame.length; at += 1000) reader.push(frame.subarray(at, at + 1000));
    expect(bytes).toBe(20_000_000);
  });
});
