// Cuts what a program writes into lines, however it comes and whatever it is.

const newline = 10;
const cutMark = " … (cut)";

export interface LineReaderOptions {
  /** Longest line in bytes; what is beyond is dropped, with a mark. */
  readonly maxBytes: number;
  readonly take: (line: string) => void;
}

/** Bytes that are not UTF-8 become U+FFFD; the end of a line is `\n` or `\r\n`. */
export class LineReader {
  readonly #options: LineReaderOptions;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isCut = false;

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#emit();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** What stands without an end of line is a line too. */
  end(): void {
    if (this.#bytes > 0 || this.#isCut) this.#emit();
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    const room = this.#options.maxBytes - this.#bytes;
    if (piece.length > room) this.#isCut = true;
    const kept = piece.subarray(0, room);
    if (kept.length === 0) return;
    this.#pieces.push(kept);
    this.#bytes += kept.length;
  }

  #emit(): void {
    const [only] = this.#pieces;
    const text = (this.#pieces.length === 1 && only ? only : Buffer.concat(this.#pieces)).toString();
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    const isCut = this.#isCut;
    this.#pieces = [];
    this.#bytes = 0;
    this.#isCut = false;
    this.#options.take(isCut ? line.replace(/\uFFFD+$/u, "") + cutMark : line);
  }
}
