// The frames between a worker and its supervisor: length, kind, child, payload; all integers big-endian.

/** What the worker tells the supervisor. */
export const toSupervisor = {
  spawn: 1,
  input: 2,
  endInput: 3,
  control: 4,
  signal: 5,
  mute: 6,
  abandon: 7,
} as const;

/** What the supervisor tells the worker. */
export const fromSupervisor = {
  started: 65,
  refused: 66,
  stdout: 67,
  stderr: 68,
  control: 69,
  signalled: 70,
  exited: 71,
  closed: 72,
} as const;

/** Length of the payload (4 bytes), kind (1), number of the child (4). */
const headBytes = 9;

export interface Frame {
  readonly kind: number;
  readonly child: number;
  readonly payload: Buffer;
}

export function encodeFrame(kind: number, child: number, payload: Uint8Array | string = ""): Buffer {
  const body = typeof payload === "string" ? Buffer.from(payload) : payload;
  const frame = Buffer.allocUnsafe(headBytes + body.length);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt32BE(child, 5);
  frame.set(body, headBytes);
  return frame;
}

/** Cuts a stream of bytes into frames; linear in the bytes, however small the pieces come. */
export class FrameReader {
  readonly #take: (frame: Frame) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #needed = headBytes;

  constructor(take: (frame: Frame) => void) {
    this.#take = take;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes < this.#needed) return;
    let rest = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    for (;;) {
      this.#needed = rest.length < headBytes ? headBytes : headBytes + rest.readUInt32BE(0);
      if (rest.length < this.#needed) break;
      const frame = {
        kind: rest.readUInt8(4),
        child: rest.readUInt32BE(5),
        payload: rest.subarray(headBytes, this.#needed),
      };
      rest = rest.subarray(this.#needed);
      this.#take(frame);
    }
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
  }
}
