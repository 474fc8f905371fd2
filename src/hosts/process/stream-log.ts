// What a child prints, as log lines within a bound.

import { LineReader } from "./line-reader.ts";

/** Longest line kept, in bytes. */
const maxLineBytes = 8192;

export interface StreamLogOptions {
  readonly maxBytes: number;
  readonly line: (line: string) => void;
  /** Called once, when the bound is reached; what comes after is dropped. */
  readonly full: () => void;
}

export class StreamLog {
  readonly #options: StreamLogOptions;
  readonly #reader: LineReader;
  #left: number;

  constructor(options: StreamLogOptions) {
    this.#options = options;
    this.#left = options.maxBytes;
    this.#reader = new LineReader({ maxBytes: maxLineBytes, take: (line) => this.#take(line) });
  }

  push(chunk: Buffer): void {
    if (this.#left > 0) this.#reader.push(chunk);
  }

  end(): void {
    if (this.#left > 0) this.#reader.end();
  }

  #take(line: string): void {
    if (this.#left <= 0) return;
    this.#left -= Buffer.byteLength(line) + 1;
    if (this.#left > 0) {
      this.#options.line(line);
      return;
    }
    this.#options.line(`… (the rest is cut: more than ${this.#options.maxBytes} bytes)`);
    this.#options.full();
  }
}
