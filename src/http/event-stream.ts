// Frames a stream as server-sent events on one connection, and looks after that connection; knows nothing of events.
//
// @see https://html.spec.whatwg.org/multipage/server-sent-events.html

import type { ServerResponse } from "node:http";
import type { CancelTimer, Clock } from "../ports/clock.ts";

export interface EventStreamTimes {
  /** A comment is written after this much silence, so that nothing between takes the connection for dead. */
  readonly keepAliveMs: number;
  /** A reader that has not taken for so long what was written is dropped; it may come back and go on. */
  readonly stalledMs: number;
}

export const defaultTimes: EventStreamTimes = { keepAliveMs: 15_000, stalledMs: 30_000 };

/** Why the server ends a connection although the stream goes on. */
type DropReason = "slow" | "closing" | "failed";

/** What a reader should wait before it comes back, in milliseconds. */
const retryMs = 1000;

/** Items that tell about the stream itself have a name of their own, so that readers in browsers can listen for them. */
const namedTypes: ReadonlySet<unknown> = new Set(["reset", "end"]);

/**
 * One connection that is told a stream. At most one item, and what the socket buffers, waits in memory: a further item
 * is only asked for when the last one was taken.
 */
export class EventStreamConnection {
  readonly #response: ServerResponse;
  readonly #stream: AsyncIterator<unknown>;
  readonly #id: () => unknown;
  readonly #clock: Clock;
  readonly #times: EventStreamTimes;
  readonly #gone: Promise<"gone">;
  #keepAlive: CancelTimer | undefined;
  #dropReason: DropReason | undefined;

  constructor(
    response: ServerResponse,
    stream: AsyncIterable<unknown>,
    { clock, times }: { readonly clock: Clock; readonly times: EventStreamTimes },
  ) {
    this.#response = response;
    this.#stream = stream[Symbol.asyncIterator]();
    this.#id = () => ("id" in stream ? stream.id : undefined);
    this.#clock = clock;
    this.#times = times;
    this.#gone = new Promise((resolve) => {
      response.once("close", () => {
        void this.#stream.return?.();
        resolve("gone");
      });
    });
  }

  /** Tells the stream to its end, or until the reader goes. @throws what the stream throws, after the connection was ended */
  async run(): Promise<void> {
    try {
      let isTaken = await this.#write(`retry: ${retryMs}\n${this.#idLine()}\n`);
      while (isTaken) {
        const result: IteratorResult<unknown, unknown> = await this.#stream.next();
        if (result.done === true || this.#dropReason !== undefined) break;
        isTaken = await this.#write(frameOf(result.value));
      }
    } catch (error) {
      this.#dropReason ??= "failed";
      throw error;
    } finally {
      this.#end();
    }
  }

  /** Ends it since the server closes; the reader is told to come back. */
  close(): void {
    this.#dropReason ??= "closing";
    void this.#stream.return?.();
  }

  /** False when the reader is gone, or so slow that it is given up. */
  async #write(text: string): Promise<boolean> {
    this.#keepAlive?.();
    if (this.#isOver) return false;
    if (!this.#response.write(text)) {
      const outcome = await this.#taken();
      if (outcome === "stalled") {
        this.#dropReason ??= "slow";
        void this.#stream.return?.();
      }
      if (outcome !== "taken" || this.#isOver) return false;
    }
    this.#keepAlive = this.#clock.after(
      this.#times.keepAliveMs,
      () => void this.#write(`: keep-alive\n${this.#idLine()}\n`),
      { idle: true },
    );
    return true;
  }

  get #isOver(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  /** Moves the reader's place although nothing came: who breaks off before the first item, or waits long, resumes here. */
  #idLine(): string {
    const id = this.#id();
    return typeof id === "string" ? `id: ${id}\n` : "";
  }

  async #taken(): Promise<"taken" | "stalled" | "gone"> {
    const drained = Promise.withResolvers<"taken" | "stalled">();
    const onDrain = (): void => drained.resolve("taken");
    this.#response.once("drain", onDrain);
    const stopClock = this.#clock.after(this.#times.stalledMs, () => drained.resolve("stalled"));
    const outcome = await Promise.race([drained.promise, this.#gone]);
    stopClock();
    this.#response.off("drain", onDrain);
    return outcome;
  }

  #end(): void {
    this.#keepAlive?.();
    void this.#stream.return?.();
    if (this.#response.destroyed) return;
    const reason = this.#dropReason;
    // A stream that is over has said so in its last item.
    this.#response.end(reason === undefined ? "" : `event: drop\ndata: ${JSON.stringify({ reason })}\n\n`);
    // Who takes nothing would keep the last frame, and the connection, for ever.
    const stop = this.#clock.after(this.#times.stalledMs, () => this.#response.destroy());
    void this.#gone.then(stop);
  }
}

function frameOf(item: unknown): string {
  const { id, type } = (item ?? {}) as { readonly id?: unknown; readonly type?: unknown }; // looked at before they are used
  const idLine = typeof id === "string" ? `id: ${id}\n` : "";
  const nameLine = namedTypes.has(type) ? `event: ${String(type)}\n` : "";
  // JSON has no line breaks of its own, so one `data:` line holds it.
  return `${idLine}${nameLine}data: ${JSON.stringify(item)}\n\n`;
}
